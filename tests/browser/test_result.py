"""Flow 3: a student reads the result and its reasons, objects, gets an answer, then accepts or gives the place up."""

import re

from tests.browser.words import like, says, zh

PLAIN = re.compile(r"^\S")
OBJECTION = "第1志愿的评分和公布的标准对不上，请核对我提交的实验记录。"
ANSWER = "已核对评分记录：评分按同一标准给出，结果不变。"


def result_of(person, world, username, size="desk"):
    """A student comes from the start page to the own result."""
    student = person(username, size)
    student.press("link", zh("See my result"))
    student.page.wait_for_url("**/mine/")
    return student


def names_no_other_student(student, world):
    """Neither name nor number of anybody else who studies is on the page."""
    text = student.text()
    others = set(world.names) - {student.username}
    # Some share a name with the reader; what they are called cannot tell who they are.
    names = {world.names[one] for one in others} - {world.names[student.username]}
    assert [name for name in names if name in text] == []
    assert [one for one in others if world.numbers[one] in text] == []


def test_result_of_a_placed_and_an_unplaced_student(person, world):
    placed = result_of(person, world, world.placed[0], "phone")
    assert placed.presses == 1
    placed.sees_heading(like("You got choice %(n)s"))
    placed.sees(zh("Admitted"))
    placed.sees(says("Nothing to do during the notice. Objections are taken until %(moment)s."))
    names_no_other_student(placed, world)

    unplaced = result_of(person, world, world.unplaced[0])
    unplaced.sees_heading(zh("None of your choices this time"))
    choices = unplaced.page.get_by_role("region", name=zh("What came of each choice"))
    refused = choices.get_by_text(zh("Not admitted"), exact=True)
    assert refused.count() >= 1
    for words in choices.inner_text().split(zh("Not admitted"))[1:]:
        project, reason, *_more = [line for line in words.split("\n") if line.strip()]
        assert project and reason.endswith("。")
    unplaced.sees(zh("What happens next"))
    names_no_other_student(unplaced, world)


def test_anothers_result_is_nowhere(person, world, faults):
    faults.expect(404)
    outsider = person("student", "phone")
    assert outsider.go(f"/rounds/{world.rounds['public_notice']}/mine/") == 404


def test_objection_answer_final_result_and_the_students_answers(person, world, faults):
    faults.expect(403, 409, 422)
    round = world.rounds["public_notice"]
    objects(person, world, world.unplaced[0])
    publisher = person("graduate2")
    assert publisher.go(f"/rounds/{round}/publish/") == 409
    publisher.sees(says("%(n)d objection is not answered, so the result cannot be made final."))
    runner_cannot_answer(person("graduate"), round)
    answers(publisher, round)
    assert publisher.go(f"/rounds/{round}/publish/") == 409
    publisher.sees(says("The public notice runs until %(time)s."))
    world.let_the_notice_end(round)
    publisher.go(f"/rounds/{round}/")
    publisher.press("link", zh("Make the result final"))
    assert publisher.send("button", zh("Make the result final")) == 200
    accepts(person(world.placed[0], "phone"))
    gives_up(person(world.placed[1]))


def objects(person, world, username):
    """Four presses: see the result, object, what about, hand it in."""
    student = result_of(person, world, username, "phone")
    student.press("link", zh("Object"))
    student.press("radio", zh("A project's score is wrong"))
    student.page.get_by_role("textbox", name=re.compile(re.escape(zh("Explanation")))).fill(OBJECTION)
    assert student.send("button", zh("Submit the objection")) == 200
    assert student.presses <= 4
    student.sees(zh("My objection"))
    student.sees(OBJECTION)
    student.sees(
        says(
            "Answered in words by someone who did not run the round, by %(moment)s. The result does not become final before."
        )
    )


def runner_cannot_answer(runner, round):
    """Who ran the round reads the objection and is told who answers."""
    runner.go(f"/rounds/{round}/objections/")
    runner.press("link", zh("A project's score is wrong"))
    runner.sees(zh("You ran this round, so somebody else answers."))
    assert not runner.page.get_by_role("button", name=zh("Record the answer")).count()


def answers(publisher, round):
    """A second person answers in words."""
    publisher.go(f"/rounds/{round}/objections/")
    publisher.press("link", zh("A project's score is wrong"))
    publisher.press("radio", zh("Not upheld: the result stands"))
    publisher.page.get_by_role("textbox", name=zh("Answer")).fill(ANSWER)
    assert publisher.send("button", zh("Record the answer")) == 200
    publisher.sees(ANSWER)


def accepts(student):
    """Two presses from the start page."""
    student.press("link", zh("Accept or decline"))
    assert student.send("button", zh("Accept the place")) == 200
    assert student.presses <= 2
    student.sees(zh("Accepted. Before the first day"))


def gives_up(student):
    """Giving up asks for a reason of some length, then cannot be taken back."""
    student.press("link", zh("Accept or decline"))
    student.press("link", zh("Give this place up"))
    assert student.send("button", zh("Give the place up")) == 422
    student.page.get_by_role("textbox", name=zh("Reason")).fill("不想去")
    assert student.send("button", zh("Give the place up")) == 422
    assert student.page.get_by_role("textbox", name=zh("Reason")).input_value() == "不想去"
    student.page.get_by_role("textbox", name=zh("Reason")).fill("家中有事，这半年需要留在本地照顾家人。")
    assert student.send("button", zh("Give the place up")) == 200
    student.sees(zh("You gave this place up."))
