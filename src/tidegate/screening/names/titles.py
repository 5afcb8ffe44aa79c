"""Titles and honorifics that are no part of a name."""

from __future__ import annotations

__all__ = ["TITLES"]

# Titles that are names as often (Amir, Sayyid, Don, Pastor, Tuan, Anh) are not among them. Plain spellings are left out
# with or without marks; those with marks only as they stand here, since "Ong" and "Ba" are names too, and no title
# once their marks are lost.
WRITTEN = """
    mr mrs ms miss mister madam madame monsieur mme mlle messrs
    dr doctor prof professor dipl phd esq
    sir honourable rev reverend president general gen colonel col capt captain lieutenant lt sgt brig brigadier
    herr frau senor senora senorita signor signora
    sheikh shaykh shaikh sheik cheikh shekh haji hajji hajj alhaj alhaji hadji
    mullah mulla mawlawi maulavi maulawi mawlavi molvi mawlana maulana ayatollah hojjatoleslam
    shri shrimati smt puan encik datuk dato khun gospodin gospozha grazhdanin
    ông bà cô chú ngài
    господин госпожа
    السيد السيدة الدكتور الشيخ الحاج دكتور شيخ حاج
    นาย นาง นางสาว
    先生 女士 小姐
"""
TITLES = frozenset(WRITTEN.split())
