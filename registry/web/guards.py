"""The first gate: which action each address stands for. An address without its row keeps the portal from starting."""

from collections.abc import Mapping

from flask import Flask

from registry.domain import policy
from registry.domain.policy import Actor
from registry.domain.vocabulary import Action

UNGUARDED = frozenset({"static"})

ROUTES: Mapping[str, Action] = {
    "public.home": Action.BROWSE,
    "public.programmes": Action.BROWSE,
    "public.programme": Action.BROWSE,
    "public.round": Action.BROWSE,
    "public.document": Action.BROWSE,
    "public.criteria": Action.BROWSE,
    "public.projects": Action.BROWSE,
    "public.project": Action.BROWSE,
    "public.publication": Action.BROWSE,
    "public.notices": Action.BROWSE,
    "public.notice": Action.BROWSE,
    "public.object": Action.OBJECT,
    "public.objection_receipt": Action.BROWSE,
    "public.verify": Action.BROWSE,
    "public.verify_number": Action.BROWSE,
    "public.verify_code": Action.BROWSE,
    "public.healthz": Action.BROWSE,
    "public.readyz": Action.BROWSE,
    "demo.advance": Action.RUN_DEMO,
    "demo.mailbox": Action.RUN_DEMO,
    "demo.message": Action.RUN_DEMO,
    "account.sign_in": Action.ENTER,
    "account.sign_out": Action.ENTER,
    "account.register": Action.ENTER,
    "account.accept_invitation": Action.ENTER,
    "account.language": Action.ENTER,
    "account.home": Action.USE_ACCOUNT,
    "account.messages": Action.USE_ACCOUNT,
    "applicant.organisations": Action.USE_ACCOUNT,
    "applicant.found_organisation": Action.FOUND_ORGANISATION,
    "applicant.organisation": Action.VIEW_OWN,
    "applicant.add_member": Action.MANAGE_ORGANISATION,
    "applicant.add_site": Action.APPLY,
    "applicant.index": Action.USE_ACCOUNT,
    "applicant.start": Action.APPLY,
    "applicant.show": Action.VIEW_OWN,
    "applicant.edit": Action.EDIT,
    "applicant.autosave": Action.EDIT,
    "applicant.score": Action.VIEW_OWN,
    "applicant.attach": Action.EDIT,
    "applicant.remove_evidence": Action.EDIT,
    "applicant.submit": Action.SUBMIT,
    "applicant.receipt": Action.VIEW_OWN,
    "applicant.withdraw": Action.WITHDRAW,
    "applicant.certificate": Action.VIEW_OWN,
    "evidence.download": Action.READ_EVIDENCE,
    "recommender.index": Action.VIEW_RECOMMENDATIONS,
    "recommender.show": Action.VIEW_RECOMMENDATIONS,
    "recommender.confirm_organisation": Action.CONFIRM,
    "recommender.confirm_site": Action.CONFIRM,
    "recommender.recommend": Action.RECOMMEND,
    "reviewer.index": Action.REVIEW,
    "reviewer.show": Action.REVIEW,
    "reviewer.finish": Action.REVIEW,
    "reviewer.declare_conflict": Action.REVIEW,
    "admin.home": Action.VIEW_OFFICE,
    "admin.people.index": Action.MANAGE_PEOPLE,
    "admin.people.invite": Action.MANAGE_PEOPLE,
    "admin.people.show": Action.MANAGE_PEOPLE,
    "admin.people.grant": Action.MANAGE_PEOPLE,
    "admin.people.end_grant": Action.MANAGE_PEOPLE,
    "admin.people.disable": Action.MANAGE_PEOPLE,
    "admin.programmes.index": Action.MANAGE_PROGRAMMES,
    "admin.programmes.new": Action.MANAGE_PROGRAMMES,
    "admin.programmes.show": Action.MANAGE_PROGRAMMES,
    "admin.programmes.add_category": Action.MANAGE_PROGRAMMES,
    "admin.criteria.index": Action.VIEW_CRITERIA,
    "admin.criteria.load": Action.LOAD_CRITERIA,
    "admin.criteria.show": Action.VIEW_CRITERIA,
    "admin.criteria.approve": Action.APPROVE_CRITERIA,
    "admin.rounds.index": Action.VIEW_ROUNDS,
    "admin.rounds.new": Action.SET_UP_ROUND,
    "admin.rounds.show": Action.VIEW_ROUNDS,
    "admin.rounds.edit": Action.SET_UP_ROUND,
    "admin.rounds.add_category": Action.SET_UP_ROUND,
    "admin.rounds.open": Action.SET_UP_ROUND,
    "admin.cases.index": Action.VIEW_CASE,
    "admin.cases.show": Action.VIEW_CASE,
    "admin.cases.verify_value": Action.VERIFY_VALUE,
    "admin.cases.screen": Action.ACCEPT,
    "admin.cases.return_": Action.RETURN,
    "admin.cases.score": Action.SCORE,
    "admin.cases.assign": Action.ASSIGN,
    "admin.cases.unassign": Action.ASSIGN,
    "admin.cases.clear_conflict": Action.ASSIGN,
    "admin.cases.conclude_review": Action.CONCLUDE_REVIEW,
    "admin.decisions.index": Action.VIEW_RANKING,
    "admin.decisions.ranking": Action.VIEW_RANKING,
    "admin.decisions.propose": Action.PROPOSE,
    "admin.decisions.show": Action.VIEW_RANKING,
    "admin.decisions.approve": Action.APPROVE,
    "admin.decisions.reject": Action.APPROVE,
    "admin.notices.index": Action.VIEW_RANKING,
    "admin.notices.open": Action.OPEN_NOTICE,
    "admin.notices.show": Action.VIEW_RANKING,
    "admin.notices.reply": Action.ANSWER_OBJECTION,
    "admin.notices.file": Action.ANSWER_OBJECTION,
    "admin.notices.clear": Action.CLEAR,
    "admin.notices.propose_publication": Action.PROPOSE,
    "admin.awards.index": Action.VIEW_RANKING,
    "admin.awards.issue": Action.ISSUE,
    "admin.awards.show": Action.VIEW_RANKING,
    "admin.awards.certificate": Action.VIEW_RANKING,
    "admin.awards.propose_revocation": Action.PROPOSE,
    "auditor.index": Action.AUDIT,
    "auditor.programme": Action.AUDIT,
}


def check(endpoint: str | None, actor: Actor) -> None:
    """Raise SignInNeeded or Forbidden where the actor may not be at this address."""
    policy.may_enter(actor, ROUTES[endpoint or ""])


def check_complete(app: Flask) -> None:
    """Raise LookupError where an address has no row."""
    bare = set(app.view_functions) - UNGUARDED - set(ROUTES)
    if bare:
        raise LookupError(f"no row for {sorted(bare)}")
