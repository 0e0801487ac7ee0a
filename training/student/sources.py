"""The recordings that teach: which, under which licence, what they are called, and what is never learnt from.

Every recording is free (CC0, CC-BY, CC-BY-SA, GPL, GFDL, the Freedoom licence): those of the index whose licence
says so, and those of Debian packages unpacked below one folder (`apt-get download P && dpkg -x P_*.deb packages`).
"""

import csv
import fnmatch
import hashlib
import io
import os
import re
import zipfile
from dataclasses import dataclass
from math import gcd

import numpy as np
import soundfile as sf
from scipy.signal import resample_poly

RATE = 16_000
LONGEST = 20 * RATE  # of one recording; music and ambience go on for minutes
SHIPPABLE = {"CC0", "CC-BY", "CC-BY-3.0", "CC-BY-SA-3.0", "GPL-2+", "GPL-2"}

# Groups of recordings that neither the student nor its head learns from: the demo plays them, evaluation counts them.
HELD_OUT = {
    "ufo_breakglass", "ufo_maledeath", "oa_angelyss", "oa_smarine", "oa_ayumi", "wes_human-old",
    "fs121532", "fs100032", "fs116400", "fs122104", "fs157695", "fs180977", "fs59513",
    "fs132810", "fs107351", "fs152007", "fs50665", "ast_fr", "ast_ru", "warmux_gun", "wes_gun",
}
HELD_OUT_FOLD = "1"  # of ESC-50: every recording of this fold is held out too
LEARNT_ALL_THE_SAME = {"fs211527", "fs22694"}  # crying of that fold: without them too little would be left to learn from
HELD_OUT_LABELS = {"siren", "clock_alarm"}  # too few to share: all real ones are for evaluation


@dataclass
class Clip:
    """A recording, 16 kHz mono int16, with where it came from."""

    name: str
    label: str
    group: str
    licence: str
    source: str
    url: str
    author: str
    sha256: str
    samples: np.ndarray
    fold: str = ""


def _games(path):
    return "usr/share/games/" + path


SPEECH, WES = "usr/share/asterisk/sounds/", _games("wesnoth/1.16/data/core/sounds/")
UFO, MT = _games("ufoai/base/0snd.pk3"), _games("minetest/games/minetest_game/mods/")
FLARE, WZ = _games("flare/mods/fantasycore/soundfx/"), _games("warzone2100/base.wz")
HW, WARMUX, GLEST = _games("hedgewars/Data/Sounds/"), _games("warmux/sound/default/"), _games("megaglest/")
TUX, FILLETS = "usr/share/tuxpaint/stamps/", _games("fillets-ng/sound/")
PEOPLE = ("archer archmage axe_thrower battlemage guard horseman initiate princess shaman spearman stickfighter "
          "summoner swordman technician valkyrie warrior worker").split()
HEDGEHOGS = "British Default Default_uk Default_pl Default_ru Mobster Pirate Russian Surfer Singer".split()
# (package, licence, place, pattern, label, group); the first pattern that fits a file names it. A label of "other"
# is heard by the teacher alone: nobody says what it is. "skip" leaves a file out: other cuts of held-out recordings,
# and what was left out on purpose.
PACKAGES = [
    ("ufoai-sound", "CC-BY-SA-3.0 or GPL-2+", UFO, rows) for rows in [[
        ("*civfem*", "vocal_distress", "ufo_civfem"), ("*civmale*", "vocal_distress", "ufo_civmale"),
        ("*femaledeath*", "vocal_distress", "ufo_female"), ("*femalehurt*", "vocal_distress", "ufo_female"),
        ("*breakglass*", "skip", ""), ("*maledeath*", "skip", ""), ("*malehurt*", "skip", ""),
        ("*ambience/thunder*", "thunderstorm", "ufo_thunder"),
        ("*weapons/bullet-*", "gunshot", "ufo_gun"), ("*weapons/explosion-[frg]*", "gunshot", "ufo_explosion"),
        ("*weapons/explosion.ogg", "gunshot", "ufo_explosion"), ("*combat-gun*", "gunshot", "ufo_gun"),
        ("*break*", "impact", "ufo_break"), ("*footsteps/*", "impact", "ufo_steps"),
        ("*impact/*", "impact", "ufo_impact"), ("*doors/*", "impact", "ufo_doors"),
        ("*ambience/*", "bed", "ufo_ambience"), ("*basealert*", "alarm", "ufo_alert"), ("*.ogg", "other", "ufo_other")]]
] + [
    ("wesnoth-1.16-data", "GPL-2+", WES, [
        ("human-old*", "skip", ""), ("human-die*", "skip", ""), ("human-hit*", "skip", ""),
        ("human-female-*", "vocal_distress", "wes_human-female"), ("dwarf-die-*", "vocal_distress", "wes_dwarf"),
        ("elf-hit-*", "vocal_distress", "wes_elf"), ("thunderstick*", "gunshot", "wes_gun"),
        ("gunshot*", "gunshot", "wes_gun"), ("explosion*", "gunshot", "wes_explosion"),
        ("lightning*", "thunderstorm", "wes_lightning"), ("dwarf-laugh*", "laughing", "wes_laugh"),
        ("wail*", "other", "wes_wail"), ("*-die*", "other", "wes_creature"), ("*-hit*", "other", "wes_creature"),
        ("wolf*", "impact", "wes_wolf"), ("horse*", "impact", "wes_horse"), ("ambient/*", "bed", "wes_ambient"),
        ("*", "impact", "wes_things")]),
    ("minetest-data", "CC-BY-SA-3.0, CC-BY-3.0 or CC0 (by folder)", MT, [
        ("*default_break_glass*", "glass_breaking", "mt_glass"), ("*tnt_explode*", "gunshot", "mt_tnt"),
        ("*player_damage*", "other", "mt_damage"), ("*.ogg", "impact", "mt_things")]),
    ("flare-game", "CC-BY-SA-3.0", FLARE, [
        ("female_[dh]i*", "vocal_distress", "flare_female"), ("male_[dh]i*", "vocal_distress", "flare_male"),
        ("npcs/*merchant*", "speech", "flare_speech"), ("*", "other", "flare_other")]),
    ("megaglest-data", "CC-BY-SA-3.0", GLEST, [
        *[(f"*/{who}_die*.wav", "vocal_distress", f"glest_{who}") for who in PEOPLE],
        *[(f"*/{who}*.wav", "other", f"glest_{who}") for who in PEOPLE],
        ("*/music/*", "bed", "glest_music"), ("*.wav", "other", "glest_other"), ("*.ogg", "bed", "glest_music")]),
    ("hedgewars-data", "GFDL-1.3", HW, [
        *[(f"voices/{who}/{cry}*.ogg", "vocal_distress", f"hw_{who}")
          for who in HEDGEHOGS for cry in ("Ow", "Ooff", "Ouch", "Nooo")],
        ("voices/*/Laugh*", "laughing", "hw_laugh"), ("voices/*", "other", "hw_voices"),
        *[(f"{name}*", "gunshot", "hw_gun") for name in ("gun", "shotgunfire", "minigun", "explosion")],
        ("*hell*", "other", "hw_creature"), ("*.ogg", "impact", "hw_things")]),
    ("warmux-data", "GPL-2+", WARMUX, [
        *[(f"weapons/{name}*", "gunshot", "warmux_gun")
          for name in ("gun", "m16.", "shotgun", "explosion", "dynamite_exp", "riot_bomb_exp")],
        ("voices/*", "other", "warmux_voices"), ("*", "impact", "warmux_things")]),
    ("warzone2100-data", "GPL-2+", WZ, [
        ("*sfx/misc/scream*", "vocal_distress", "wz_scream"),
        *[(f"*sfx/weapons/{name}*", "gunshot", "wz_gun")
          for name in ("mgbar", "mgheavy", "mgtower", "asltmg", "rapdcan", "smlcan", "medcan", "lrgcan", "hivelcan")],
        *[(f"*sfx/explons/{name}*", "gunshot", "wz_explosion") for name in ("smlexpl", "lrgexpl", "atnkexpl")],
        ("*audio/*", "other", "wz_other")]),
    ("boswars-data", "GPL-2+", _games("boswars/"), [("*.wav", "other", "bos_other")]),
    ("colobot-common-sounds", "GPL-3+", _games("colobot/"), [("*music*", "bed", "colobot_music"),
                                                            ("*", "other", "colobot_other")]),
    ("lugaru-data", "CC-BY-SA-3.0", _games("lugaru/Sounds/"), [
        ("Music*", "bed", "lugaru_music"), ("*Ambient*", "bed", "lugaru_ambient"), ("Wind*", "bed", "lugaru_ambient"),
        ("Bark*", "dog", "lugaru_bark"), ("Alarm*", "alarm", "lugaru_alarm"), ("Rabbit*", "other", "lugaru_rabbit"),
        ("Break*", "other", "lugaru_break"), ("Broken*", "other", "lugaru_break"), ("*", "impact", "lugaru_things")]),
    ("fillets-ng-data", "GPL-2+", FILLETS, [("*.ogg", "other", "fillets_voices")]),
    ("asterisk-moh-opsound-wav", "CC-BY-SA-3.0", "usr/share/asterisk/", [("*.wav", "bed", "moh_music")]),
    ("tuxpaint-stamps-default", "GPL-2", TUX, [
        ("symbols/*", "skip", ""), ("*_desc*", "skip", ""), ("*glass.ogg", "other", "tux_glass"),
        ("*firetruck*", "alarm", "tux_siren"), ("*dog.ogg", "dog", "tux_dog"), ("*fireworks*", "other", "tux_fireworks"),
        ("*.ogg", "other", "tux_things"), ("*.wav", "other", "tux_things")]),
    ("klettres-data", "GPL-2+", "usr/share/klettres/", [
        (f"{tongue}/*", "speech", f"klettres_{tongue}") for tongue in "cs da de es fr he hu it lt nl pt_BR sk uk".split()]),
] + [(f"asterisk-core-sounds-{tongue}-wav", "CC-BY-3.0" if tongue in ("it", "ru") else "CC-BY-SA-3.0", SPEECH,
      [(f"{tongue}*/*.wav", "speech", f"ast_{tongue}")]) for tongue in ("en", "es", "it", "fr", "ru")]
SPOKEN_TRANSLATION = re.compile(r"_[a-z]{2,3}(_[A-Za-z]{2,8})?\.(ogg|wav)$")  # Tux Paint says each name in each tongue


def resampled(content):
    """16 kHz mono int16 of an audio file's bytes, its first seconds; None if it holds next to nothing."""
    with sf.SoundFile(io.BytesIO(content)) as file:
        rate = file.samplerate
        samples = file.read(int(LONGEST / RATE * rate), dtype="float32", always_2d=True).mean(1)
    common = gcd(rate, RATE)
    samples = resample_poly(samples, RATE // common, rate // common)[:LONGEST]
    if len(samples) < RATE // 10 or np.max(np.abs(samples)) < 1e-3:
        return None
    return np.clip(np.rint(samples * 32767), -32768, 32767).astype(np.int16)


def _files(place):
    """(name, reader) of each file of a folder or archive, in the order of names."""
    if os.path.isfile(place):
        archive = zipfile.ZipFile(place)
        return [(n, lambda n=n: archive.read(n)) for n in sorted(archive.namelist()) if not n.endswith("/")]
    names = sorted(os.path.relpath(os.path.join(at, n), place) for at, _, ns in os.walk(place) for n in ns)

    def reader(name):
        with open(os.path.join(place, name), "rb") as file:
            return file.read()
    return [(n, lambda n=n: reader(n)) for n in names]


def packaged(folder):
    """Clips of the packages unpacked below folder (each in a folder of its own name)."""
    clips = []
    for package, licence, path, rows in PACKAGES:
        place = os.path.join(folder, package, path)
        if not os.path.exists(place):
            raise FileNotFoundError(f"{package} is not unpacked: {place} is missing; make packages fetches it")
        for name, read in _files(place):
            if not name.lower().endswith((".ogg", ".wav", ".flac")) or SPOKEN_TRANSLATION.search(name) and path == TUX:
                continue
            label, group = next(((la, g) for p, la, g in rows if fnmatch.fnmatchcase(name, p)), ("skip", ""))
            if label == "skip":
                continue
            content = read()
            samples = resampled(content)
            if samples is not None:
                clips.append(Clip(
                    name, label, group, licence, f"Debian {package}", f"https://packages.debian.org/{package}",
                    "see the package's copyright file", hashlib.sha256(content).hexdigest(), samples))
    return clips


def indexed(index):
    """Clips of an index.csv."""
    clips = []
    with open(index, newline="") as file:
        for row in csv.DictReader(file):
            with open(os.path.join(os.path.dirname(index), row["file"]), "rb") as audio:
                content = audio.read()
            samples = resampled(content)
            if samples is not None:
                clips.append(Clip(
                    row["file"], row["label"], row["source_group"], row["licence"], row["source"], row["source_url"],
                    row["author"], hashlib.sha256(content).hexdigest(), samples, row["esc_fold"]))
    return clips


def is_free(clip):
    """Whether its licence lets weights that ship learn from it."""
    return clip.source.startswith("Debian") or clip.licence in SHIPPABLE


def is_held_out(clip):
    """Whether the shipped model never learns from a clip, by its group, fold, label or licence."""
    in_fold = clip.fold == HELD_OUT_FOLD and clip.group not in LEARNT_ALL_THE_SAME
    return clip.group in HELD_OUT or in_fold or clip.label in HELD_OUT_LABELS or not is_free(clip)
