"""The profile language, books of profiles, watch lists, and the matcher."""

from tidegate.profiles.book import CHANNELS, NATIONAL, Book, Profile, RefusedBookError
from tidegate.profiles.hits import Hits
from tidegate.profiles.matcher import Matcher
from tidegate.profiles.program import Place
from tidegate.profiles.remarks import Remark, check
from tidegate.profiles.trial import TRIAL_SCHEMA, try_book
from tidegate.profiles.watchlists import Entry, WatchLists, screened

__all__ = [
    "CHANNELS",
    "NATIONAL",
    "TRIAL_SCHEMA",
    "Book",
    "Entry",
    "Hits",
    "Matcher",
    "Place",
    "Profile",
    "RefusedBookError",
    "Remark",
    "WatchLists",
    "check",
    "screened",
    "try_book",
]
