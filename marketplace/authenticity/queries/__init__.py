"""Views in question, by who asks."""

from marketplace.authenticity.queries.counting import NEVER, Asked, asked_of, in_question
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
    "NEVER",
    "Asked",
    "Question",
    "asked_of",
    "assessment_by_id",
    "in_question",
    "question_for_staff",
    "question_of_creator",
    "questions_for_staff",
    "questions_of_post",
    "questions_to_answer",
]
