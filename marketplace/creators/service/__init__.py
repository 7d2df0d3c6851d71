"""The verbs of creators: profile, connecting a channel, and what is known of it."""

from marketplace.creators.service.audiences import (
    LONGEST_REASON,
    confirm_proof,
    infer_audiences,
    record_audience,
    refuse_proof,
    report_audience,
)
from marketplace.creators.service.connecting import (
    Access,
    AccessKind,
    claim_access,
    disconnect,
    finish_connect,
    needs_reconnect,
    record_refusal,
    record_renewal,
    start_connect,
    take_connect,
)
from marketplace.creators.service.exclusivity import bind, unbind
from marketplace.creators.service.groups import declare_groups
from marketplace.creators.service.importing import (
    AudienceRow,
    CoAudienceRow,
    CreatorRow,
    Taken,
    VideoRow,
    import_audiences,
    import_co_audiences,
    import_creators,
    import_videos,
)
from marketplace.creators.service.marks import prune_marks
from marketplace.creators.service.profile import (
    create_creator,
    edit_profile,
    record_answers,
    record_outcomes,
    record_views,
    set_rates,
)
from marketplace.creators.service.reading import (
    ask_reading,
    recompute_figures,
    record_account,
    record_sound,
    record_videos,
)
from marketplace.creators.service.subjects import (
    clear_subject,
    find_subjects,
    object_to_subject,
    uphold_subject,
)

__all__ = [
    "LONGEST_REASON",
    "Access",
    "AccessKind",
    "AudienceRow",
    "CoAudienceRow",
    "CreatorRow",
    "Taken",
    "VideoRow",
    "ask_reading",
    "bind",
    "claim_access",
    "clear_subject",
    "confirm_proof",
    "create_creator",
    "declare_groups",
    "disconnect",
    "edit_profile",
    "find_subjects",
    "finish_connect",
    "import_audiences",
    "import_co_audiences",
    "import_creators",
    "import_videos",
    "infer_audiences",
    "needs_reconnect",
    "object_to_subject",
    "prune_marks",
    "recompute_figures",
    "record_account",
    "record_answers",
    "record_audience",
    "record_outcomes",
    "record_refusal",
    "record_renewal",
    "record_sound",
    "record_videos",
    "record_views",
    "refuse_proof",
    "report_audience",
    "set_rates",
    "start_connect",
    "take_connect",
    "unbind",
    "uphold_subject",
]
