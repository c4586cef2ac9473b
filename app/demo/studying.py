"""How five people answer the question of the day for a month, the last days left open."""

from app.demo.stage import Script, Stage
from app.features.daily_questions import actions, queries

PEOPLE = ("m1", "s1", "s2", "t1", "c1")
FIRST, LAST = 26, 2
# One in four answers is wrong, of one person fewer.
EVERY = {"m1": 9, "s1": 4, "s2": 3, "t1": 6, "c1": 5}


def answering(stage: Stage) -> Script:
    """Each morning each of them answers the question of the day, where there is one."""
    for back in range(FIRST, LAST, -1):
        for place, who in enumerate(PEOPLE):
            yield stage.timetable.moment(back, 8, 41 + 3 * place)
            question = queries.of_today(stage.actor(who))
            if question is not None:
                wrong = (back + place) % EVERY[who] == 0
                chosen = (question.answer + wrong) % len(question.options)
                actions.answer(question.id, actor=stage.actor(who), chosen=chosen)
