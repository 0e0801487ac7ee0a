"""What must hold of the pipeline, on made-up recordings: `make check`."""

import tempfile
import unittest

import numpy as np
import torch

from . import bundle, corpus, distil, evaluate, head, sources
from .mixing import FFT, Mixer, OUTPUTS, SPAN, targets_of, WINDOW
from .network import Backbone, Body, FLOOR, Head, LogMel


def clip(label, group, seed, seconds=1.0, **more):
    rng = np.random.default_rng(seed)
    n = int(seconds * sources.RATE)
    swell = np.abs(np.sin(np.arange(n) / 900 + seed)) * np.interp(np.arange(n), np.linspace(0, n, 40), rng.random(40))
    samples = (rng.standard_normal(n) * swell * 6000).astype(np.int16)
    return sources.Clip(f"{group}{seed}", label, group, "CC0", "a test", "", "", f"{seed:064x}", samples, **more)


CLIPS = [clip(label, f"{label}{g}", 10 * i + g)
         for i, label in enumerate(("glass_breaking", "vocal_distress", "rain", "speech", "other")) for g in range(3)]


class Mixing(unittest.TestCase):
    def test_the_same_seed_gives_the_same_windows_and_another_seed_others(self):
        first, same = (Mixer(CLIPS, 1, made=False).draw([1, 2], 32) for _ in range(2))
        other = Mixer(CLIPS, 1, made=False).draw([1, 3], 32)
        np.testing.assert_array_equal(first.windows, same.windows)
        np.testing.assert_array_equal(first.targets, same.targets)
        self.assertFalse(np.array_equal(first.windows, other.windows))

    def test_windows_are_finite_even_of_a_recording_that_falls_silent(self):
        silent = clip("speech", "silent", 5)
        silent.samples[800:] = 0
        mixed = Mixer([silent, CLIPS[6]], 1, made=False).draw([4], 64)
        self.assertEqual(mixed.windows.shape, (64, WINDOW))
        self.assertTrue(np.isfinite(mixed.windows).all() and np.abs(mixed.windows).max() <= 1)

    def test_at_least_a_quarter_second_of_a_sound_lies_in_the_window(self):
        ones = np.ones(8000, np.float32)
        for seed in range(200):
            placed = Mixer.placed(np.random.default_rng(seed), ones, np.arange(20), plain=True)
            self.assertGreaterEqual(np.count_nonzero(placed[SPAN - WINDOW:]), 4000)
        self.assertGreaterEqual(FFT, SPAN)

    def test_a_cry_says_nothing_of_crying_and_an_unnamed_sound_nothing_at_all(self):
        cry = dict(zip(OUTPUTS, targets_of("vocal_distress").tolist()))
        self.assertEqual((cry["shout_scream"], cry["crying"], cry["glass_shatter"]), (1, -1, 0))
        self.assertTrue((targets_of("other") == -1).all())
        self.assertTrue((targets_of("rain") == 0).all())


class Corpus(unittest.TestCase):
    def test_folds_share_each_label_out_and_never_part_a_source_group(self):
        clips = [clip("glass_breaking", f"g{i // 2}", i) for i in range(12)] + [clip("dog", f"d{i}", 50 + i) for i in range(9)]
        folds = corpus.folds_of(clips, 3)
        for label, least, most in (("glass_breaking", 4, 4), ("dog", 3, 3)):
            sizes = [sum(folds[c.group] == k for c in clips if c.label == label) for k in range(3)]
            self.assertTrue(all(least <= size <= most for size in sizes), sizes)
        self.assertEqual(folds, corpus.folds_of(clips[::-1], 3))

    def test_a_fold_is_learnt_from_by_nothing_but_other_folds(self):
        indexed = [clip("dog", f"d{i}", 50 + i) for i in range(6)]
        indexed[5].licence = "CC-BY-NC"
        packaged = [clip("dog", "d0", 80), clip("speech", "prompts", 81), clip("dog", "d1", 51)]
        for one in packaged:
            one.source = "Debian games"
        tested = []
        for k in range(3):
            train, test = corpus.split(indexed, packaged, (k, 3))
            self.assertFalse({c.group for c in train} & {c.group for c in test})
            self.assertIn("prompts", {c.group for c in train})
            self.assertNotIn("d5", {c.group for c in train})
            tested += [c.group for c in test]
        self.assertEqual(sorted(tested), [f"d{i}" for i in range(6)])

    def test_a_louder_cut_of_a_held_out_recording_is_a_copy_and_another_recording_is_not(self):
        held = clip("vocal_distress", "held", 77, seconds=2)
        cut = clip("vocal_distress", "cut", 78)
        cut.samples = (held.samples[3200:24000] * 1.5).astype(np.int16)
        kept, copies = corpus.without_copies([cut, CLIPS[0]], [held])
        self.assertEqual([c.name for c in kept], [CLIPS[0].name])
        self.assertEqual(len(copies), 1)

    def test_groups_fold_labels_and_unfree_licences_are_held_out(self):
        self.assertTrue(sources.is_held_out(clip("glass_breaking", "ufo_breakglass", 1)))
        self.assertTrue(sources.is_held_out(clip("rain", "fs1", 1, fold=sources.HELD_OUT_FOLD)))
        self.assertTrue(sources.is_held_out(clip("siren", "fs2", 1, fold="3")))
        unfree = clip("rain", "fs3", 1, fold="3")
        self.assertFalse(sources.is_held_out(unfree))
        unfree.licence = "CC-BY-NC"
        self.assertTrue(sources.is_held_out(unfree))


class Network(unittest.TestCase):
    def test_the_front_end_is_a_log_mel_spectrum(self):
        seconds = np.arange(WINDOW) / sources.RATE
        picture = LogMel()(torch.from_numpy(np.sin(2 * np.pi * 1000 * seconds).astype(np.float32))[None])[0, 0].numpy()
        self.assertEqual(picture.shape, (64, 64))
        mel = 1127 * np.log1p(np.array([125, 7500, 1000]) / 700)
        expected = (mel[2] - mel[0]) / (mel[1] - mel[0]) * 65 - 1
        self.assertLess(abs(picture.mean(0).argmax() - expected), 1)
        silence = LogMel()(torch.zeros(1, WINDOW))
        self.assertAlmostEqual(float(silence.max()), np.log(FLOOR), delta=0.1)

    def test_the_exported_graphs_say_what_torch_says(self):
        torch.manual_seed(3)
        with tempfile.TemporaryDirectory() as folder:
            self.assertLess(bundle.export(Backbone(Body()).eval(), (WINDOW,), f"{folder}/b.onnx", ["waveform", "embeddings"]), 1e-4)
            self.assertLess(bundle.export(Head(7).eval(), (384,), f"{folder}/h.onnx", ["embedding", "scores"]), 1e-4)

    def test_labels_of_withheld_groups_are_a_part_and_backgrounds_never_are(self):
        held = distil.withheld(np.array([f"g{i}" for i in range(400)] + ["bed"]))
        self.assertTrue(60 < held[:-1].sum() < 140)
        self.assertFalse(held[-1])


class Measures(unittest.TestCase):
    def test_auc_and_recall_of_known_scores(self):
        positive, negative = np.array([0.9, 0.8, 0.1]), np.linspace(0, 0.5, 100)
        self.assertAlmostEqual(evaluate.auc(positive, negative), (100 + 100 + 20) / 300)
        self.assertAlmostEqual(evaluate.recall_at(positive, negative, 0.01), 2 / 3)
        self.assertAlmostEqual(evaluate.average_precision(np.array([3.0, 1.0]), np.array([2.0])), (1 + 2 / 3) / 2)

    def test_a_threshold_lets_the_stated_share_of_the_others_pass(self):
        rng = np.random.default_rng(0)
        target = np.repeat([0, 1], [5000, 500])
        score = 1 / (1 + np.exp(-(rng.standard_normal(5500) + 3 * target)))
        found = head.calibrated(score, target)
        self.assertAlmostEqual(np.mean(score[target == 0] >= found["on"]), 0.01, delta=0.001)
        self.assertGreater(found["a"], 0)


if __name__ == "__main__":
    unittest.main()
