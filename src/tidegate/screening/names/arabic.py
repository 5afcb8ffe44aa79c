"""Words in Arabic script in Latin letters: consonants, long vowels, and names whose short vowels are known."""

from __future__ import annotations

__all__ = ["arabic_words"]

# Letter and sound, those of Persian and Urdu after the Arabic ones; "-" is silent but at the beginning ("a").
SOUNDS = """
    ا a; ب b; ت t; ث th; ج j; ح h; خ kh; د d; ذ dh; ر r; ز z; س s; ش sh; ص s; ض d; ط t; ظ z; ع -; غ gh; ف f; ق q; ك k;
    ل l; م m; ن n; ه h; و w; ي y; آ a; أ a; إ i; ٱ a; ء -; ؤ w; ئ y; ى a; ة a;
    پ p; چ ch; ژ zh; گ g; ک k; ی y; ے e; ہ h; ھ h; ٹ t; ڈ d; ڑ r; ں n; ۃ a; ۀ a; ە a; ڤ v
"""
LETTERS: dict[str, str] = dict(pair.split() for pair in SOUNDS.split(";"))

# Names so frequent that their short vowels are worth knowing, as most lists spell them.
VOWELLED = """
    محمد muhammad; احمد ahmad; محمود mahmud; حامد hamid; حمد hamad; مصطفى mustafa; علي ali; على ali; عمر umar;
    عثمان uthman; حسن hassan; حسين husayn; خالد khalid; ابراهيم ibrahim; اسماعيل ismail; يوسف yusuf; يونس yunus;
    سعيد said; سعد saad; سليمان sulayman; سلمان salman; سالم salim; سليم salim; صالح salih; طارق tariq; طه taha;
    عادل adil; عباس abbas; علاء ala; عماد imad; عيسى isa; موسى musa; مهدي mahdi; منصور mansur; ناصر nasir;
    نصر nasr; نور nur; هاني hani; هشام hisham; وليد walid; ياسر yasir; ياسين yasin; يحيى yahya; يحيي yahya;
    زكريا zakariya; زياد ziyad; زيد zayd; جمال jamal; جميل jamil; جعفر jafar; جابر jabir; حبيب habib;
    حمزة hamza; حمزه hamza; داود dawud; داوود dawud; رشيد rashid; راشد rashid; رمضان ramadan; سامي sami;
    سمير samir; شريف sharif; صدام saddam; صلاح salah; ضياء diya; طلال talal; ظافر zafir; عاصم asim; عزيز aziz;
    عمار ammar; عمرو amr; غازي ghazi; فارس faris; فاروق faruq; فهد fahd; فيصل faysal; قاسم qasim; كريم karim;
    كمال kamal; لطيف latif; ماجد majid; مالك malik; مجيد majid; مروان marwan; مسعود masud; معاذ muadh;
    نبيل nabil; نعيم naim; رحمن rahman; رحمان rahman; رحيم rahim; فاطمة fatima; فاطمه fatima; زينب zaynab;
    مريم maryam; عائشة aisha; خديجة khadija; ليلى layla; امينة amina; الله allah; قادر qadir; حكيم hakim;
    حليم halim; حميد hamid; حق haq; دين din; سيف sayf; شمس shams; شيخ shaykh; بكر bakr; بن bin; ابن ibn;
    بنت bint; ابو abu; ابي abi; ام umm; عبد abd; ال al; آل al; اسامة usama; اسامه usama; لادن ladin; حافظ hafiz;
    خليل khalil; جواد jawad; رضا rida; صدر sadr; عبيد ubayd; قذافي qadhafi; اسد asad; بشار bashar
"""
KNOWN: dict[str, str] = dict(pair.split() for pair in VOWELLED.split(";"))
PLAIN = str.maketrans("أإآٱىیکےةۀۃہ", "اااايیکیهههه")
MARKS = dict.fromkeys([*range(0x064B, 0x0660), 0x0670, 0x0640, *range(0x06D6, 0x06EE)])
SHORTEST = 3  # letters that must be left after an article that stands glued


def arabic_words(word: str) -> list[tuple[str, str]]:
    """The words that one word in Arabic script is made of, each as written and in Latin letters.

    The article and "abd" come off: "عبدالرحمن" -> abd, al, rahman, as "Abd al-Rahman" would; "عبدالله" is one word.
    """
    bare = word.translate(MARKS)
    if bare in ("عبدالله", "عبداللہ"):
        return [(bare, "abdallah")]
    if bare.startswith("عبدال") and len(bare) >= 5 + SHORTEST - 1:
        return [("عبد", "abd"), ("ال", "al"), (bare[5:], _latin(bare[5:]))]
    if bare.startswith("ال") and len(bare) >= 2 + SHORTEST and bare != "الله":
        return [("ال", "al"), (bare[2:], _latin(bare[2:]))]
    return [(bare, _latin(bare))]


def _latin(word: str) -> str:
    """Consonants and long vowels: "w" and "y" are vowels between consonants and at the end."""
    known = KNOWN_PLAIN.get(word.translate(PLAIN))
    if known:
        return known
    letters = [LETTERS.get(letter, "") for letter in word]
    out = ""
    for at, letter in enumerate(letters):
        if letter in ("w", "y") and at > 0 and not (at + 1 < len(letters) and letters[at + 1] == "a"):
            out += "u" if letter == "w" else "i"
        elif letter == "-":
            out += "a" if at == 0 else ""
        else:
            out += letter
    return out


KNOWN_PLAIN = {word.translate(PLAIN): latin for word, latin in KNOWN.items()}
