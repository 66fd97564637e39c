"""The words of the job that more than one module speaks: roles, relations, actions, stages and statuses."""

from enum import StrEnum


class Role(StrEnum):
    """In which standing somebody acts."""

    ANYONE = "anyone"
    PERSON = "person"
    DRAFTER = "drafter"
    SIGNATORY = "signatory"
    RECOMMENDER = "recommender"
    OFFICER = "officer"
    REVIEWER = "reviewer"
    APPROVER = "approver"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    WORKER = "worker"


GRANTED = (
    Role.RECOMMENDER,
    Role.OFFICER,
    Role.REVIEWER,
    Role.APPROVER,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
)


class Relation(StrEnum):
    """How somebody stands to the object of an action."""

    NONE = "none"
    OWN = "own"
    REGION = "region"
    PROGRAMME = "programme"
    ASSIGNED = "assigned"


class Span(StrEnum):
    """During which part of an application's way a permit holds."""

    ALWAYS = "always"
    SUBMITTED = "submitted"
    REVIEWING = "reviewing"


class Action(StrEnum):
    """What can be done; the moves of the workflow are among them."""

    # anyone
    BROWSE = "browse"
    OBJECT = "object"
    ENTER = "enter"
    # every signed-in person
    USE_ACCOUNT = "use_account"
    FOUND_ORGANISATION = "found_organisation"
    # applicants
    MANAGE_ORGANISATION = "manage_organisation"
    LEAVE_ORGANISATION = "leave_organisation"
    APPLY = "apply"
    VIEW_OWN = "view_own"
    EDIT = "edit"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    # the bureau
    VIEW_RECOMMENDATIONS = "view_recommendations"
    CONFIRM = "confirm"
    RECOMMEND = "recommend"
    DECLINE = "decline"
    # the office
    VIEW_OFFICE = "view_office"
    VIEW_CRITERIA = "view_criteria"
    VIEW_ROUNDS = "view_rounds"
    VIEW_CASE = "view_case"
    EXPORT = "export"
    VERIFY_VALUE = "verify_value"
    ACCEPT = "accept"
    RETURN = "return"
    REFUSE = "refuse"
    BAR = "bar"
    LAPSE = "lapse"
    SCORE = "score"
    FAIL = "fail"
    ASSIGN = "assign"
    JUDGE_LIKENESS = "judge_likeness"
    CONCLUDE_REVIEW = "conclude_review"
    CALL = "call"
    VISIT = "visit"
    CONCLUDE_VISIT = "conclude_visit"
    SET_UP_ROUND = "set_up_round"
    END_INTAKE = "end_intake"
    ARCHIVE_ROUND = "archive_round"
    LOAD_CRITERIA = "load_criteria"
    APPROVE_CRITERIA = "approve_criteria"
    # the reviewer
    REVIEW = "review"
    # the decision
    VIEW_RANKING = "view_ranking"
    SAVE_SCENARIO = "save_scenario"
    PROPOSE = "propose"
    APPROVE = "approve"
    SELECT = "select"
    RESERVE = "reserve"
    PASS_OVER = "pass_over"
    EXPIRE = "expire"
    TERMINATE = "terminate"
    RECORD_MEETING = "record_meeting"
    EXCLUDE = "exclude"
    OPEN_NOTICE = "open_notice"
    ANSWER_OBJECTION = "answer_objection"
    CLEAR = "clear"
    REMOVE = "remove"
    PUBLISH = "publish"
    ISSUE = "issue"
    MANAGE_LETTERS = "manage_letters"
    RELEASE_LETTERS = "release_letters"
    # files
    READ_EVIDENCE = "read_evidence"
    # the installation
    AUDIT = "audit"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_PROGRAMMES = "manage_programmes"
    RUN_DEMO = "run_demo"


class Kind(StrEnum):
    """The kinds of stage of which routes are made."""

    FILING = "filing"
    RECOMMENDATION = "recommendation"
    SCREENING = "screening"
    LIBRARY = "library"
    SCORING = "scoring"
    REVIEW = "review"
    SITE_VISIT = "site_visit"
    DELIBERATION = "deliberation"
    NOTICE = "notice"
    PUBLICATION = "publication"
    CERTIFICATE = "certificate"


class Status(StrEnum):
    """Where an application stands within its stage."""

    DRAFTED = "drafted"
    DUE = "due"
    RETURNED = "returned"
    WAITING = "waiting"
    SELECTED = "selected"
    RESERVED = "reserved"
    CERTIFIED = "certified"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    DECLINED = "declined"
    REFUSED = "refused"
    BARRED = "barred"
    FAILED = "failed"
    UNSELECTED = "unselected"
    EXCLUDED = "excluded"
    REMOVED = "removed"
    TERMINATED = "terminated"


class UserStatus(StrEnum):
    INVITED = "invited"
    ACTIVE = "active"
    DISABLED = "disabled"


class TokenPurpose(StrEnum):
    INVITATION = "invitation"
    CONFIRMATION = "confirmation"
    RESET = "reset"
    ADDRESS = "address"


class Standing(StrEnum):
    """Whether the bureau has confirmed an organisation or a site."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


class SeatStatus(StrEnum):
    ASKED = "asked"
    DECLINED = "declined"
    ACTIVE = "active"
    ENDED = "ended"


class OrganisationKind(StrEnum):
    ENTERPRISE = "enterprise"
    PUBLIC_INSTITUTION = "public_institution"
    PARK_AUTHORITY = "park_authority"
    GOVERNMENT = "government"
    FARM = "farm"


class Once(StrEnum):
    """Who is given an award of a category only once, while the one it has is valid."""

    SITE = "site"
    APPLICANT = "applicant"


class SiteKind(StrEnum):
    PLANT = "plant"
    PARK = "park"
    FACTORY = "factory"
    FARM = "farm"
    CITY = "city"
    ZONE = "zone"
    PROJECT = "project"


class PartyRole(StrEnum):
    OWNER = "owner"
    OPERATOR = "operator"
    JOINT_APPLICANT = "joint_applicant"


class Level(StrEnum):
    """The level of a region or of an issuer."""

    COUNTRY = "country"
    PROVINCE = "province"
    CITY = "city"
    DISTRICT = "district"


class Track(StrEnum):
    COMPETITION = "competition"
    NAMED = "named"
    LIBRARY = "library"


class CategoryOutcome(StrEnum):
    CERTIFICATE = "certificate"
    ENTRY = "entry"
    FIGURE = "figure"


class CriteriaStatus(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"
    RETIRED = "retired"


class RoundStatus(StrEnum):
    PREPARED = "prepared"
    OPENED = "opened"


class Unsettled(StrEnum):
    """What keeps a round from being archived, as it can still change something of it."""

    INTAKE_OPEN = "intake_open"
    WAITING = "waiting"
    RETURNED = "returned"
    DUE = "due"
    RESERVED = "reserved"
    TO_ANNOUNCE = "to_announce"
    TO_PUBLISH = "to_publish"
    TO_CERTIFY = "to_certify"
    PROPOSED = "proposed"
    NOTICE_RUNNING = "notice_running"
    NOTICE_NOT_CLEARED = "notice_not_cleared"
    OBJECTION_OPEN = "objection_open"


class Intake(StrEnum):
    """Whether an opened round takes applications; it follows from its dates and the clock."""

    AHEAD = "ahead"
    OPEN = "open"
    OVER = "over"


class TargetState(StrEnum):
    """How a number of a document stands by the awards of this portal; it follows from its year and the clock."""

    NOT_MEASURED = "not_measured"
    NOT_RUN = "not_run"
    UNDER_WAY = "under_way"
    REACHED = "reached"
    DUE_REACHED = "due_reached"
    DUE_NOT_REACHED = "due_not_reached"


class QuotaPurpose(StrEnum):
    """What a number limits: the awards of a category, all awards of a round, its unallocated pool, or what each bureau
    recommends."""

    AWARD = "award"
    TOTAL = "total"
    POOL = "pool"
    RECOMMEND = "recommend"


class GroupBy(StrEnum):
    """What a quota rule counts by: where the site is, which bureau recommended it first, who applies together with all
    of the same parent, which third party evaluated for it, or what was answered."""

    REGION = "region"
    BUREAU = "bureau"
    APPLICANT = "applicant"
    EVALUATOR = "evaluator"
    ANSWER = "answer"


class FilingKind(StrEnum):
    """What an applicant files: once, or step by step on a route that asks for more."""

    APPLICATION = "application"
    REGISTRATION = "registration"
    MID_TERM = "mid_term"
    ACCEPTANCE = "acceptance"


class ScanState(StrEnum):
    """What is known of an uploaded file; without a scanner it stays readable and is labelled so."""

    NO_SCANNER = "no_scanner"
    CLEAN = "clean"
    INFECTED = "infected"


class Variant(StrEnum):
    ORIGINAL = "original"
    BLIND = "blind"


class Binding(StrEnum):
    """What a piece of evidence is tied to."""

    INPUT = "input"
    INDICATOR = "indicator"


class FormPoint(StrEnum):
    """What the formal check asks of every application, beside the gates of its criteria."""

    COMPLETE = "complete"
    EVIDENCE_READABLE = "evidence_readable"
    ORGANISATION_CONFIRMED = "organisation_confirmed"
    SITE_CONFIRMED = "site_confirmed"
    SIGNATORY_ENTITLED = "signatory_entitled"


class ConflictState(StrEnum):
    NONE = "none"
    DECLARED = "declared"
    FOUND = "found"
    CLEARED = "cleared"


class ReviewStatus(StrEnum):
    STARTED = "started"
    FINISHED = "finished"


class DecisionKind(StrEnum):
    SELECTION = "selection"
    NOTICE = "notice"
    PUBLICATION = "publication"
    CORRECTION = "correction"
    REVOCATION = "revocation"
    TERMINATION = "termination"
    POOL = "pool"
    REMOVAL = "removal"


class DecisionStatus(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"


class Result(StrEnum):
    """What a decision says of one application."""

    SELECTED = "selected"
    RESERVED = "reserved"
    UNSELECTED = "unselected"
    EXCLUDED = "excluded"


class LetterKind(StrEnum):
    """The letters that an applicant may be sent: how the application came out, or what comes of it."""

    SELECTED = "selected"
    RESERVED = "reserved"
    RESERVE_ENDED = "reserve_ended"
    UNSELECTED = "unselected"
    EXCLUDED = "excluded"
    FAILED = "failed"
    DECLINED = "declined"
    REFUSED = "refused"
    BARRED = "barred"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    TERMINATED = "terminated"
    REMOVED = "removed"
    PUBLISHED = "published"
    CERTIFIED = "certified"
    REVOKED = "revoked"
    FILING_DUE = "filing_due"


class LetterState(StrEnum):
    """Whether a letter waits for a second look, was sent, or was withdrawn before anybody was sent it."""

    WAITING = "waiting"
    SENT = "sent"
    WITHDRAWN = "withdrawn"


class Haste(StrEnum):
    """Why a kind of letter goes out with its act and is not held for a second look."""

    DATE_RUNS = "date_runs"
    ROUND_TAKES = "round_takes"
    OWN_ACT = "own_act"
    AT_HAND = "at_hand"


class Ground(StrEnum):
    """What a place in a ranking rests on."""

    WITHIN_QUOTA = "within_quota"
    RESERVED_PLACE = "reserved_place"
    ABOVE_LIMIT = "above_limit"
    NEXT_IN_LINE = "next_in_line"
    BELOW_CUT = "below_cut"
    BELOW_LOWEST_GRADE = "below_lowest_grade"
    NO_FIGURE = "no_figure"
    NOT_SUPPORTED = "not_supported"
    BARRED = "barred"
    NOT_LISTED = "not_listed"
    HELD_ALREADY = "held_already"
    BELOW_MINIMUM = "below_minimum"
    OVERRIDDEN = "overridden"
    UNFINISHED = "unfinished"


class MeetingMethod(StrEnum):
    """How a meeting came to what it says."""

    CONSENSUS = "consensus"
    VOTE = "vote"


class MeetingPart(StrEnum):
    """In which part somebody was at a meeting."""

    CHAIR = "chair"
    MEMBER = "member"
    SECRETARY = "secretary"
    OBSERVER = "observer"


class ObjectionStatus(StrEnum):
    """How an objection stands; while it is proposed to uphold it, a second person is to decide."""

    OPEN = "open"
    PROPOSED = "proposed"
    DISMISSED = "dismissed"
    UPHELD = "upheld"


class AwardStatus(StrEnum):
    """The second life: that of an award. Expiry follows from the date and the clock."""

    VALID = "valid"
    REVOKED = "revoked"


class Validity(StrEnum):
    """What is told of an award or a certificate that somebody asks about."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


class Duty(StrEnum):
    """What can wait for somebody."""

    # applicants
    FINISH_DRAFT = "finish_draft"
    SIGN = "sign"
    CORRECT = "correct"
    FILE_NEXT = "file_next"
    TAKE_SEAT = "take_seat"
    # the bureau
    CONFIRM_ORGANISATION = "confirm_organisation"
    CONFIRM_SITE = "confirm_site"
    RECOMMEND = "recommend"
    # the office
    SCREEN = "screen"
    SCORE = "score"
    ASSIGN = "assign"
    AWAIT_REVIEWERS = "await_reviewers"
    CONCLUDE_REVIEW = "conclude_review"
    VISIT = "visit"
    PROPOSE_SELECTION = "propose_selection"
    PREPARE_NOTICE = "prepare_notice"
    ANSWER_OBJECTIONS = "answer_objections"
    WATCH_NOTICE = "watch_notice"
    CONCLUDE_NOTICE = "conclude_notice"
    PROPOSE_LIST = "propose_list"
    ISSUE = "issue"
    RELEASE_LETTERS = "release_letters"
    OPEN_ROUND = "open_round"
    # the reviewer, the approver, the administrator
    MARK = "mark"
    APPROVE = "approve"
    APPROVE_CRITERIA = "approve_criteria"
    AWAIT_INVITED = "await_invited"
    ADD_CATEGORIES = "add_categories"


class MessageStatus(StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


class InvitationState(StrEnum):
    """How far the invitation of a reviewer has come."""

    NOT_TOLD = "not_told"
    QUEUED = "queued"
    SENT = "sent"
    BOUNCED = "bounced"
    OPENED = "opened"
    ACKNOWLEDGED = "acknowledged"
    DECLINED = "declined"


class Concern(StrEnum):
    """Why the office should turn to a reviewer whose review is not finished."""

    OVERDUE = "overdue"
    BOUNCED = "bounced"
    NEARLY_DUE = "nearly_due"
    NOT_OPENED = "not_opened"
    NOT_ACKNOWLEDGED = "not_acknowledged"


class CalibrationUse(StrEnum):
    """What a round makes of the severity of its reviewers: nothing, it is shown beside the marks, or it decides.

    Where it is applied, the order goes by the totals adjusted for it; what is asked of everybody is judged by the
    marks as they were given.
    """

    OFF = "off"
    SHOWN = "shown"
    APPLIED = "applied"


class TaskKind(StrEnum):
    """Long work that a worker does while whoever asked for it goes on."""

    LIST = "list"
    EXPORT = "export"
    ISSUE = "issue"
    DOSSIER = "dossier"
    STABILITY = "stability"
    LIKENESS = "likeness"
    ASSIGNMENT = "assignment"


class PlanKind(StrEnum):
    """Where a plan of who reviews what comes from: the solver, or a file of the office."""

    SOLVER = "solver"
    CSV = "csv"


class PlanState(StrEnum):
    """A plan waits, is put into effect, or is given up."""

    DRAFTED = "drafted"
    COMMITTED = "committed"
    DISCARDED = "discarded"


class LikenessKind(StrEnum):
    """What is alike in several applications."""

    TEXT = "text"
    REVIEW = "review"
    FILE = "file"
    FIGURES = "figures"


class TaskState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Deadline(StrEnum):
    ROUND_OPENS = "round_opens"
    ROUND_CLOSES = "round_closes"
    CORRECTION_DUE = "correction_due"
    NOTICE_ENDS = "notice_ends"
    ANSWER_DUE = "answer_due"
    FILING_DUE = "filing_due"
    RESERVE_ENDS = "reserve_ends"
