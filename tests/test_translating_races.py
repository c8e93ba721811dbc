"""Several who write one translation at once, each with a connection of their own: one saves, the others are told."""

import threading
from collections import Counter
from functools import partial

import pytest

from campaigns.models import Event, Translation, Writing
from campaigns.models.translations import rewritten
from tests.builders import make_draft
from tests.test_races import PATIENCE, all_at_once

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def translation(committed: None) -> Translation:
    return make_draft().translations.create(language="de")


def writing(translation: Translation, place: str, text: str) -> Writing:
    """What is sent from a form that was opened on the translation as it is."""
    (key,) = [each.key for each in translation.beside().passages if each.place == place]
    return Writing({key: text}, set(), set(), "", ready=False, stand=translation.stand)


def write(pk: int, sent: Writing) -> None:
    Translation.objects.get(pk=pk).write(sent)


def test_without_lock_and_stand_one_of_two_is_lost_unsaid(translation: Translation) -> None:
    both_have_looked = threading.Barrier(2, timeout=PATIENCE)

    def write_naively(sent: Writing) -> None:
        """Looks and writes, without holding the row between."""
        held = Translation.objects.get(pk=translation.pk)
        both_have_looked.wait()
        held._put(list(rewritten(held.beside(), sent)))
        held.save()

    sent = [writing(translation, "title", "Ihr Brief"), writing(translation, "addressee", "An alle")]
    assert all_at_once([partial(write_naively, each) for each in sent]) == [None, None]
    translation.refresh_from_db()
    assert (translation.title, translation.addressee) in {("Ihr Brief", ""), ("", "An alle")}


def test_of_ten_who_write_at_once_one_saves_and_nine_are_told(translation: Translation) -> None:
    titles = [f"Brief {number}" for number in range(10)]
    outcomes = all_at_once([partial(write, translation.pk, writing(translation, "title", title)) for title in titles])
    assert Counter(outcomes) == {None: 1, "meanwhile": 9}
    translation.refresh_from_db()
    assert translation.title == titles[outcomes.index(None)]
    assert Event.objects.filter(verb="translation edited").count() == 1


def test_two_who_write_different_passages_at_once_lose_neither_once_told(translation: Translation) -> None:
    sent = {"title": "Ihr Brief", "addressee": "An alle"}
    acts = [partial(write, translation.pk, writing(translation, place, text)) for place, text in sent.items()]
    outcomes = all_at_once(acts)
    assert Counter(outcomes) == {None: 1, "meanwhile": 1}
    late = list(sent)[outcomes.index("meanwhile")]
    write(translation.pk, writing(Translation.objects.get(pk=translation.pk), late, sent[late]))
    translation.refresh_from_db()
    assert {place: getattr(translation, place) for place in sent} == sent
