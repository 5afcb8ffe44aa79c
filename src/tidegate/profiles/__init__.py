"""The profile language, books of profiles, watch lists, and the matcher."""

from tidegate.profiles.book import CHANNELS, NATIONAL, Book, Profile, RefusedBookError
from tidegate.profiles.hits import Hits
from tidegate.profiles.matcher import Matcher
from tidegate.profiles.watchlists import Entry, WatchLists

__all__ = [
    "CHANNELS",
    "NATIONAL",
    "Book",
    "Entry",
    "Hits",
    "Matcher",
    "Profile",
    "RefusedBookError",
    "WatchLists",
]
