from edge_agent.driver.questions import Questions


def make() -> Questions:
    return Questions(gap_us=50, reply_timeout_us=1_000, tries=2)


def test_queries_go_one_by_one_with_a_gap() -> None:
    questions = make()
    questions.ask(["83 81", "83 85"])
    assert questions.next(0) == "83 81"
    assert questions.next(49) is None
    assert questions.next(50) == "83 85"
    assert questions.next(100) is None


def test_an_answered_query_is_not_repeated() -> None:
    questions = make()
    questions.ask(["83 81"])
    questions.next(0)
    questions.answered("83 81")
    assert questions.next(5_000) is None


def test_an_unanswered_query_is_repeated_until_out_of_tries() -> None:
    questions = make()
    questions.ask(["83 81"])
    assert questions.next(0) == "83 81"
    assert questions.next(999) is None
    assert questions.next(1_000) == "83 81"
    assert questions.next(2_000) is None
    questions.ask(["83 81"])
    assert questions.next(2_000) == "83 81"


def test_asking_what_is_under_way_gives_it_its_tries_back_only() -> None:
    questions = make()
    questions.ask(["83 81"])
    questions.next(0)
    questions.ask(["83 81"])
    assert questions.next(500) is None
    assert [questions.next(at_us) for at_us in (1_000, 2_000, 3_000)] == ["83 81", "83 81", None]


def test_a_closed_port_asks_nothing() -> None:
    questions = make()
    questions.ask(["83 81"])
    questions.clear()
    assert questions.next(0) is None
