"""Which letters beyond ASCII the languages of large car markets use, by the old encodings that hold them.

To support another language, add its letters (lower case) to the encoding that its files use; to support another
encoding, add a row. Earlier rows win a tie, so the commonest stands first.
"""

from __future__ import annotations

ALPHABETS: dict[str, tuple[str, ...]] = {
    "cp1252": (
        "äöüß",  # German
        "éèêëàâçîïôûùœ",  # French
        "áéíóúñü",  # Spanish
        "áâãàçéêíóôõú",  # Portuguese
        "àèéìòù",  # Italian
        "åäöøæéšž",  # Danish, Finnish, Norwegian, Swedish
        "ëéïüèç",  # Albanian, Catalan, Dutch
    ),
    "cp1250": (
        "ąćęłńóśźż",  # Polish
        "áčďéěíňóřšťúůýž",  # Czech
        "áäčďéíĺľňóôŕšťúýž",  # Slovak
        "áéíóöőúüű",  # Hungarian
        "ăâîşţ",  # Romanian
        "čćđšž",  # Bosnian, Croatian, Serbian, Slovene
    ),
    "cp1254": ("çğıöşüâîi̇",),  # Turkish  # noqa: RUF001
    "cp1251": (
        "абвгдежзийклмнопрстуфхцчшщъыьэюяё",  # Bulgarian, Russian
        "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",  # Ukrainian
        "абвгдежзиклмнопрстуфхцчшђјљњћџў",  # Belarusian, Macedonian, Serbian
    ),
    "cp1257": ("ąčęėįšųūž", "āčēģīķļņšūž", "äõöüšž"),  # Lithuanian, Latvian, Estonian
    "cp1253": ("αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώ",),  # Greek
    "iso-8859-2": ("ąćęłńóśźż", "áčďéěíňóřšťúůýž"),  # Polish, Czech
    "cp1256": ("ابتثجحخدذرزسشصضطظعغفقكلمنهويةىءأإآؤئ،پچژگ",),  # Arabic, Persian
    "cp1255": ("אבגדהוזחטיךכלםמןנסעףפץצקרשת",),  # Hebrew
    "koi8-r": ("абвгдежзийклмнопрстуфхцчшщъыьэюяё",),
    "cp866": ("абвгдежзийклмнопрстуфхцчшщъыьэюяё",),
    "iso-8859-5": ("абвгдежзийклмнопрстуфхцчшщъыьэюяё",),
}

_CYRILLIC = "оаеинтсрвлк"
WHOLE_WORDS = {
    "cp1251": _CYRILLIC,
    "koi8-r": _CYRILLIC,
    "cp866": _CYRILLIC,
    "iso-8859-5": _CYRILLIC,
    "cp1253": "αοιετσνηυρςκάίόή",
    "cp1255": "יוהלארמתבשנ",
    "cp1256": "الينمورتبة",
}
"""Encodings whose letters make up whole words, for the others' stand among Latin ones; and their commonest letters."""
