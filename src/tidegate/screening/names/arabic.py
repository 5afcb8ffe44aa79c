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
ONE_SOUND = frozenset({"ts", "tz", "sh", "kh", "dh", "th", "gh", "zh", "dj", "ks"})
SHORTEST = 3  # letters that must be left after an article that stands glued


def arabic_words(word: str) -> list[tuple[str, str]]:
    """The words that one word in Arabic script is made of, each as written and in Latin letters.

    The article comes off, and what stands before it: "عبدالرحمن" -> abd, al, rahman, as "Abd al-Rahman" would,
    "نورالدين" -> nur, al, din, "نصرالله" -> nasr, allah; "عبدالله" is one word.
    """
    bare = word.translate(MARKS)
    plain = bare.translate(PLAIN)
    if plain in ("عبدالله", "الله"):
        return [(bare, KNOWN_PLAIN.get(plain, "abdallah"))]
    if plain.endswith("الله") and len(plain) >= 4 + SHORTEST - 1:
        return [(bare[:-4], _latin(bare[:-4])), (bare[-4:], "allah")]
    if plain.endswith("الدين") and len(plain) >= 5 + SHORTEST - 1:
        return [(bare[:-5], _latin(bare[:-5])), (bare[-5:-3], "al"), (bare[-3:], "din")]
    if plain.startswith("عبدال") and len(plain) >= 5 + SHORTEST - 1:
        return [("عبد", "abd"), ("ال", "al"), (bare[5:], _latin(bare[5:]))]
    if plain.startswith("ال") and len(plain) >= 2 + SHORTEST:
        return [(bare[:2], "al"), (bare[2:], _latin(bare[2:]))]
    return [(bare, _latin(bare))]


def _latin(word: str) -> str:
    """Consonants and vowels: "w" and "y" are long ones between consonants and at the end; a short "a" stands where
    two consonants begin or end a word or three would meet, and where two would read as one sound ("t", "s")."""
    known = KNOWN_PLAIN.get(word.translate(PLAIN))
    if known:
        return known
    sounds = [LETTERS.get(letter, "") for letter in word]
    for at, sound in enumerate(sounds):
        if sound in ("w", "y") and at > 0 and not (at + 1 < len(sounds) and sounds[at + 1] == "a"):
            sounds[at] = "u" if sound == "w" else "i"
        elif sound == "-":
            sounds[at] = "a" if at == 0 else ""
    sounds = [sound for sound in sounds if sound]
    out: list[str] = []
    run = 1  # consonants since the last vowel; a word begins as if there had been one
    for at, sound in enumerate(sounds):
        if sound[0] in "aeiou":
            run = 0
        else:
            last = at + 1 == len(sounds)
            if out and run and (run >= 2 or at == 1 or last or out[-1][-1] + sound[0] in ONE_SOUND):
                out.append("a")
                run = 0
            run += 1
        out.append(sound)
    return "".join(out)


KNOWN_PLAIN = {word.translate(PLAIN): latin for word, latin in KNOWN.items()}
