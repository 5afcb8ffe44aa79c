"""Titles and honorifics that are no part of a name."""

from __future__ import annotations

__all__ = ["TITLES"]

# Plain spellings are left out with or without marks; those with marks only as they stand here, since "Ong" and "Ba"
# are names too, and no title once their marks are lost.
WRITTEN = """
    mr mrs ms miss mister madam madame monsieur mme mlle messrs
    dr doctor prof professor ing dipl phd esq
    sir dame lord lady hon honourable rev reverend fr pastor bishop
    president general gen colonel col capt captain maj lieutenant lt sgt brig brigadier admiral
    herr frau senor senora senorita sr sra don dona signor signora
    sheikh shaykh shaikh sheik cheikh shekh haji hajji hajj alhaj alhaji haj hadji
    mullah mulla mawlawi maulavi maulawi mawlavi molvi mawlana maulana qari sayyid sayed sayyed hafiz
    ustad ustaz mufti ayatollah hojjatoleslam imam emir amir
    shri shrimati smt
    tuan puan encik datuk dato tan-sri
    khun nai nang
    pan pani
    gospodin gospozha grazhdanin
    ông bà cô chú anh ngài
    г-н г-жа господин госпожа
    السيد السيدة الدكتور الشيخ الحاج دكتور شيخ حاج سيد
    นาย นาง นางสาว
    先生 女士 小姐
    """
TITLES = frozenset(WRITTEN.split())
