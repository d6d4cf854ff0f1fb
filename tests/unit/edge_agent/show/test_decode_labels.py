from alarm_rules.rule import Words
from edge_agent.show.decode_labels import label_of
from runtime.language import Language
from tests.shipped import PROFILES

SAME_IN_BOTH = {"ppm", "psi"}


def words_of_the_catalogue() -> set[str]:
    found: set[str] = set()
    for profile in PROFILES.values():
        for point in profile.points:
            encoding = point.register or point.field
            if encoding is not None:
                values = [*(encoding.enum or {}).values(), *(encoding.contains or {}).values()]
                found |= {one for one in values if isinstance(one, str)}
    return found


def test_every_word_of_the_catalogue_is_said_in_chinese() -> None:
    untold = {word for word in words_of_the_catalogue() if label_of(word, Language.ZH) == word}
    assert untold <= SAME_IN_BOTH


def test_in_english_a_word_is_itself() -> None:
    assert label_of("warm_up", Language.EN) == "warm_up"
    assert label_of(None, Language.ZH) is None
    assert label_of("115200", Language.ZH) == "115200"


def test_what_the_profile_says_in_both_is_said_as_it_says() -> None:
    both = Words("both off", "均关闭")
    assert (label_of(both, Language.EN), label_of(both, Language.ZH)) == ("both off", "均关闭")
