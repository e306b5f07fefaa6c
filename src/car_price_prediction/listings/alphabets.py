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
    "koi8-r": ("абвгдежзийклмнопрстуфхцчшщъыьэюяё",),
    "cp866": ("абвгдежзийклмнопрстуфхцчшщъыьэюяё",),
    "iso-8859-5": ("абвгдежзийклмнопрстуфхцчшщъыьэюяё",),
}

CYRILLIC_OR_GREEK = frozenset({"cp1251", "cp1253", "koi8-r", "cp866", "iso-8859-5"})
"""Encodings whose letters make up whole words; those of the others stand among Latin ones."""
