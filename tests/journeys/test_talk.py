"""People ask about a product, answer and rate it: nothing lost, nothing doubled, nothing given away."""

from dataclasses import replace

import pytest

from agora.model.discussion import Answer, Question, Rating, Talk
from agora.model.errors import AgoraError, Conflict, Denied, Missing
from agora.model.ledger import Event
from agora.model.names import ProductName
from agora.passage import keys
from agora.usecases.discuss import accept, discussion, edit, hide, question, reply, talk
from agora.usecases.rate import hide_rating, own_rating, rate, withdraw
from tests.journeys.changing import PORT, actor, opened, read
from tests.racing import at_once

NAME = ProductName("sales", "transactions")


@pytest.fixture
def there(used):
    with opened(used) as house:
        yield house


def unlisted(house, product=NAME):
    """The same house, with the product out of the shelves."""
    products = tuple(
        replace(each, listed=False) if each.name == product else each
        for each in house.mesh.products
    )
    return replace(house, mesh=replace(house.mesh, products=products))


def refused(deed, *arguments, **named):
    with pytest.raises(AgoraError) as problem:
        deed(*arguments, **named)
    return problem.value.code_shown


def test_a_question_is_answered_and_settled(there):
    mia, sofia, ana = (actor(there, name) for name in ("mia", "sofia", "ana"))
    asked = question(there, mia, PORT, "Are *returns* in it?\r\n")
    assert talk(there, NAME) == Talk(product=NAME, questions=1, open=1)
    guess = reply(there, actor(there, "carl"), PORT, asked.id, "I think so")
    sure = reply(there, sofia, PORT, asked.id, "No. See `quantity`.")
    assert (guess.of_owner, sure.of_owner) == (False, True)
    assert talk(there, NAME) == Talk(product=NAME, questions=1, open=0)
    assert refused(accept, there, ana, PORT, sure.id) == "E654"
    assert accept(there, mia, PORT, sure.id).accepted == sure.id
    (seen,) = discussion(there, ana, PORT).asked
    assert seen.question.text == "Are *returns* in it?"
    assert [(a.answer.id, a.accepted) for a in seen.answers] == [(sure.id, True), (guess.id, False)]
    assert (seen.editable, [a.editable for a in seen.answers]) == (False, [False, False])


def test_the_ledger_tells_who_spoke_and_never_what(there):
    asked = question(there, actor(there, "mia"), PORT, "a secret word")
    reply(there, actor(there, "sofia"), PORT, asked.id, "another secret word")
    last = list(there.store.records())[-2:]
    assert [r.entry.event for r in last] == [Event.QUESTIONED, Event.ANSWERED]
    assert "secret word" not in "".join(record.body for record in last)


def test_two_editors_of_one_answer_lose_nothing(there):
    mia, sofia = actor(there, "mia"), actor(there, "sofia")
    asked = question(there, mia, PORT, "when is it fresh?")
    made = reply(there, sofia, PORT, asked.id, "at six")
    found = at_once(
        *(
            lambda words=words: edit(there, sofia, PORT, made.id, words, revision=1)
            for words in ("at seven", "at eight")
        )
    )
    (slower,) = [each for each in found if isinstance(each, Conflict)]
    (faster,) = [each for each in found if isinstance(each, Answer)]
    assert slower.code_shown == "E655"
    assert isinstance(slower.standing, Answer)
    assert slower.standing.text == faster.text
    (seen,) = discussion(there, sofia, PORT).asked
    assert [(a.answer.text, a.revision) for a in seen.answers] == [(faster.text, 2)]
    again = edit(there, sofia, PORT, made.id, "at seven or eight", revision=2)
    key = keys.answer(NAME, asked.id, made.id)
    kept = [each.noun.text for each in there.store.history(Answer, key)]
    assert kept == ["at six", faster.text, again.text]
    assert refused(edit, there, sofia, PORT, made.id, "late", revision=1) == "E655"


def test_owners_edit_an_owners_answer_and_nobody_else_does(there):
    domains = tuple(
        replace(d, owners=("sofia", "emil")) if d.id == "sales" else d for d in there.mesh.domains
    )
    both = replace(there, mesh=replace(there.mesh, domains=domains))
    asked = question(both, actor(both, "mia"), PORT, "why?")
    made = reply(both, actor(both, "sofia"), PORT, asked.id, "because")
    other = reply(both, actor(both, "ana"), PORT, asked.id, "who knows")
    assert edit(both, actor(both, "emil"), PORT, made.id, "so", revision=1).edited_by == "emil"
    assert refused(edit, both, actor(both, "mia"), PORT, made.id, "no", revision=2) == "E654"
    assert refused(edit, both, actor(both, "emil"), PORT, other.id, "no", revision=1) == "E654"
    assert edit(both, actor(both, "mia"), PORT, asked.id, "why not?", revision=1).text == "why not?"


def test_a_form_that_is_sent_twice_is_kept_once(there):
    mia = actor(there, "mia")
    found = at_once(*[lambda: question(there, mia, PORT, "twice?")] * 4)
    assert sum(isinstance(each, Question) for each in found) == 1
    assert {e.code_shown for e in found if isinstance(e, Conflict)} == {"E659"}
    assert talk(there, NAME).questions == 1
    (asked,) = discussion(there, mia, PORT).asked
    found = at_once(*[lambda: reply(there, mia, PORT, asked.question.id, "yes")] * 3)
    assert sum(isinstance(each, Answer) for each in found) == 1
    assert talk(there, NAME).open == 0


def test_the_count_holds_whoever_speaks_at_once(there):
    names = ("mia", "ana", "carl", "sofia", "emil", "olga")
    found = at_once(
        *(lambda n=n: question(there, actor(there, n), PORT, f"I am {n}") for n in names)
    )
    assert all(isinstance(each, Question) for each in found)
    assert talk(there, NAME) == Talk(product=NAME, questions=6, open=6)


def test_what_is_hidden_is_seen_by_its_author_and_kept(there):
    mia, sofia, ana = (actor(there, name) for name in ("mia", "sofia", "ana"))
    asked = question(there, mia, PORT, "you fools")
    made = reply(there, ana, PORT, asked.id, "yourself")
    assert refused(hide, there, mia, PORT, made.id, "rude") == "E654"
    assert refused(hide, there, sofia, PORT, made.id) == "E650"
    hide(there, sofia, PORT, made.id, "be kind")
    assert talk(there, NAME) == Talk(product=NAME, questions=1, open=1)
    assert discussion(there, mia, PORT).asked[0].answers == ()
    assert discussion(there, ana, PORT).asked[0].answers[0].answer.hidden_why == "be kind"
    assert refused(accept, there, mia, PORT, made.id) == "E668"
    hide(there, mia, PORT, asked.id)
    assert discussion(there, ana, PORT).asked == ()
    assert refused(reply, there, ana, PORT, asked.id, "hm") == "E668"
    assert talk(there, NAME) == Talk(product=NAME)
    key = keys.of_product(NAME, asked.id)
    assert [each.noun.text for each in there.store.history(Question, key)] == ["you fools"] * 2


def test_who_has_read_it_rates_it_once(there):
    mia, ana, carl = (actor(there, name) for name in ("mia", "ana", "carl"))
    assert own_rating(there, mia, PORT).why_not == ()
    assert rate(there, mia, PORT, 4, "clear label").stars == 4
    rate(there, mia, PORT, 5)
    assert talk(there, NAME) == Talk(product=NAME, ratings=1, stars=5)
    assert own_rating(there, mia, PORT).rating.stars == 5
    assert refused(rate, there, carl, PORT, 1) == "E658"
    assert [r.code for r in own_rating(there, carl, PORT).why_not] == ["E658"]
    assert refused(rate, there, ana, PORT, 5) == "E657"
    assert refused(rate, there, actor(there, "sofia"), PORT, 5) == "E657"
    assert refused(rate, there, mia, PORT, 6) == "E656"
    assert refused(rate, there, actor(there, "service:bi"), PORT, 5) == "E653"
    withdraw(there, mia, PORT)
    assert talk(there, NAME) == Talk(product=NAME)
    assert own_rating(there, mia, PORT).rating is None
    assert refused(withdraw, there, mia, PORT) == "E668"
    kept = there.store.history(Rating, keys.of_product(NAME, "mia"))
    assert [each.noun.stars for each in kept] == [4, 5, 5]


def test_a_query_that_was_refused_is_no_reading(there):
    carl = actor(there, "carl")
    with pytest.raises(Denied):
        read(there, "carl", "select count(*) from sales.transactions", "sales-planning")
    assert refused(rate, there, carl, PORT, 5) == "E658"


def test_who_rates_thrice_at_once_is_counted_once(there):
    mia = actor(there, "mia")
    found = at_once(*(lambda s=s: rate(there, mia, PORT, s) for s in (1, 2, 3)))
    assert all(isinstance(each, Rating) for each in found)
    counted = talk(there, NAME)
    assert (counted.ratings, counted.stars) == (1, own_rating(there, mia, PORT).rating.stars)
    assert counted.mean == counted.stars


def test_an_owner_hides_no_rating_and_governance_hides_its_words_only(there):
    rate(there, actor(there, "mia"), PORT, 1, "rubbish")
    sofia, olga = actor(there, "sofia"), actor(there, "olga")
    assert refused(hide_rating, there, sofia, PORT, "mia", "no") == "E654"
    hide_rating(there, olga, PORT, "mia", "say what is wrong")
    (seen,) = discussion(there, sofia, PORT).ratings
    assert (seen.stars, seen.words) == (1, "")
    assert discussion(there, actor(there, "mia"), PORT).ratings[0].words == "rubbish"
    assert refused(hide_rating, there, olga, PORT, "carl", "no") == "E668"


def test_texts_stay_texts_and_have_bounds(there):
    mia = actor(there, "mia")
    attack = "<script>alert(1)</script> **[x](javascript:alert(1))** 💡"
    assert question(there, mia, PORT, attack).text == attack
    assert discussion(there, mia, PORT).asked[0].question.text == attack
    assert refused(question, there, mia, PORT, " \n ") == "E650"
    assert refused(question, there, mia, PORT, "x" * 4001) == "E651"
    assert question(there, mia, PORT, "x" * 4000).text
    for bad in ("a\x00b", "a\x1b[2Jb", "a\u202eb", "a\ud800b", "a\x85b"):
        assert refused(question, there, mia, PORT, bad) == "E652"
    assert refused(question, there, actor(there, "agent:aria"), PORT, "hm") == "E653"


def test_whoever_may_not_know_a_product_cannot_tell_its_talk_from_none(there):
    asked = question(there, actor(there, "mia"), PORT, "secret?")
    made = reply(there, actor(there, "sofia"), PORT, asked.id, "yes")
    dark = unlisted(there)
    carl = actor(dark, "carl")
    deeds = [
        (discussion, ()),
        (question, ("hm",)),
        (reply, (asked.id, "hm")),
        (accept, (made.id,)),
        (hide, (asked.id, "hm")),
        (rate, (5,)),
        (own_rating, ()),
        (withdraw, ()),
        (hide_rating, ("mia", "hm")),
    ]
    for deed, more in deeds:
        with pytest.raises(Missing) as there_is:
            deed(dark, carl, PORT, *more)
        with pytest.raises(Missing) as there_is_none:
            deed(dark, carl, "sales.transactionz", *more)
        told, other = there_is.value, there_is_none.value
        assert told.code_shown == other.code_shown == "E404"
        assert told.sentence == other.sentence.replace("transactionz", "transactions")
        assert told.hint == other.hint
    with pytest.raises(Missing):
        edit(dark, carl, PORT, made.id, "hm", revision=1)


def test_the_commands_do_it(used, monkeypatch, capfd):
    from agora.app.start import start

    monkeypatch.chdir(used)
    monkeypatch.setenv("NO_COLOR", "1")

    def run(*words):
        code = start(["discuss", PORT, *words])
        out, err = capfd.readouterr()
        return code, out, err

    asked = run("--ask", "returns?\x07", "--as", "mia")
    assert (asked[0], "error[E652]" in asked[2]) == (3, True)
    name = run("--ask", "returns?", "--as", "mia")[1].partition(":")[0]
    code, out, _ = run("--answer", name, "--text", "no", "--as", "sofia")
    assert (code, f"answers {name}" in out) == (0, True)
    answer = out.partition(" ")[0]
    assert run("--edit", answer, "--revision", "1", "--text", "never", "--as", "sofia")[0] == 0
    code, _, err = run("--edit", answer, "--revision", "1", "--text", "no!", "--as", "sofia")
    assert (code, "error[E655]" in err) == (5, True)
    assert run("--accept", answer, "--as", "mia")[0] == 0
    assert "★★★★☆" in run("--rate", "4", "--text", "good", "--as", "mia")[1]
    out = run("--as", "ana")[1]
    assert "1 question, 4.0 of 5 stars from 1 rating" in out
    assert "    never\n" in out
    assert "(owner)" in out
    assert "taken back" in run("--unrate", "--as", "mia")[1]
    assert "is hidden" in run("--hide", name, "--text", "old", "--as", "sofia")[1]
    assert '"kind": "discussion"' in run("--json", "--as", "mia")[1]
    assert '"kind": "question"' in run("--ask", "more?", "--json", "--as", "mia")[1]
    assert '"kind": "rating"' in run("--rate", "2", "--json", "--as", "mia")[1]
