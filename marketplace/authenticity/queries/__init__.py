"""Views in question, by who asks."""

from marketplace.authenticity.queries.counting import asked_views, in_question
from marketplace.authenticity.queries.found import (
    APPEALS_DUE,
    Question,
    assessment_by_id,
    question_for_staff,
    question_of_creator,
    questions_for_staff,
    questions_of_post,
    questions_to_answer,
)

__all__ = [
    "APPEALS_DUE",
    "Question",
    "asked_views",
    "assessment_by_id",
    "in_question",
    "question_for_staff",
    "question_of_creator",
    "questions_for_staff",
    "questions_of_post",
    "questions_to_answer",
]
