"""What happens to one application in the demonstration, act by act, through the services."""

import io
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image
from reportlab.pdfgen.canvas import Canvas
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from registry import files
from registry.demo.applicants import Applicant, claims_of, figures_of
from registry.demo.cast import Cast
from registry.domain.answers import missing_inputs
from registry.domain.attending import Person
from registry.domain.identity import demo_credit_code
from registry.domain.policy import Actor
from registry.domain.receipts import KEY_BYTES
from registry.domain.vocabulary import Binding, FilingKind, Level, PartyRole, Role, Standing
from registry.domain.workdays import SHANGHAI
from registry.models import Application, Assignment, Organisation, Programme, RoundCategory, Site
from registry.queries import applications, filings
from registry.queries.reviews import panels
from registry.rendering import fonts
from registry.services import applications as filing
from registry.services import (
    evaluations,
    filling,
    invitations,
    marking,
    organisations,
    recommendations,
    reviews,
    screening,
    sites,
    starting,
    visits,
)

# So short that it says nothing of its own: everybody writes it, and a comparison of texts passes over it.
JUSTIFICATION = "论述有据，佐证材料完整。"
# What one expert wrote and another wrote again, for a comparison to find.
COPIED = "厂内自动控制覆盖主要工艺段，曝气与加药随水质在线调节，运行记录连续三年可查，做法可在同规模的厂推广。"
HOUR = timedelta(hours=1)


@dataclass
class Stage:
    """The cast, the folder for files, and how many credit codes were used."""

    cast: Cast
    folder: Path
    codes: int = 0

    @property
    def session(self) -> Session:
        return self.cast.session

    def enter(self, applicant: Applicant, key: str, moment: datetime) -> tuple[Organisation, Site]:
        """Enter an organisation and its site by the person of this key."""
        organisation = organisations.found(
            self.session,
            self.cast.at(key, moment),
            name=f"{applicant.organisation}（虚构）",
            name_en=f"{applicant.organisation_en} (invented)" if applicant.organisation_en else "",
            credit_code=demo_credit_code(self.codes),
            # Nobody's name, and another one everywhere: who leads two organisations ties them to each other.
            legal_representative=f"{applicant.organisation[:2]}某",
            kind=applicant.organisation_kind,
            industry=applicant.industry,
            region_key=applicant.region,
        )
        self.codes += 1
        return organisation, self.add_site(applicant, organisation, key, moment)

    def add_site(self, applicant: Applicant, organisation: Organisation, key: str, moment: datetime) -> Site:
        """Enter the site of an applicant for its organisation."""
        return sites.add(
            self.session,
            self.cast.at(key, moment),
            organisation,
            kind=applicant.kind,
            name=f"{applicant.site}（虚构）",
            name_en=f"{applicant.site_en} (invented)" if applicant.site_en else "",
            address=f"{applicant.site}（虚构）",
            permit_number="",
            region_key=applicant.region,
            role=PartyRole.OPERATOR,
        )

    def file(self, applicant: Applicant, round_category: RoundCategory, moment: datetime) -> Application:
        """Let somebody apply from nothing to the receipt."""
        self.cast.applicant(applicant.key, f"{applicant.site[:2]}负责人", moment)
        organisation, site = self.enter(applicant, applicant.key, moment)
        return self.apply(applicant, round_category, organisation, site, moment)

    def apply(
        self,
        applicant: Applicant,
        round_category: RoundCategory,
        organisation: Organisation,
        site: Site,
        moment: datetime,
    ) -> Application:
        """Let an organisation apply with a site that it has entered."""
        application = self.begin(applicant, round_category, organisation, site, moment)
        self.hand_in(application, applicant, moment + HOUR)
        return application

    def draft(
        self, applicant: Applicant, round_category: RoundCategory, moment: datetime, *, begun: bool
    ) -> Application:
        """Let somebody start an application from nothing; where it is `begun`, the first half is filled in."""
        self.cast.applicant(applicant.key, f"{applicant.site[:2]}负责人", moment)
        organisation, site = self.enter(applicant, applicant.key, moment)
        application = self.begin(applicant, round_category, organisation, site, moment)
        if begun:
            inputs = filings.criteria_of(application.round_category).inputs
            figures = [
                (key, value) for key, value in figures_of(applicant).items() if inputs[key].filled_by == "applicant"
            ]
            actor = self.cast.at(applicant.key, moment + HOUR)
            half = dict(figures[: len(figures) // 2])
            filling.save(self.session, actor, application, half, revision=application.filing.revision)
        return application

    def begin(
        self,
        applicant: Applicant,
        round_category: RoundCategory,
        organisation: Organisation,
        site: Site,
        moment: datetime,
    ) -> Application:
        """Let an organisation start an application with a site that it has entered."""
        actor = self.cast.at(applicant.key, moment)
        return self.whole(starting.start(self.session, actor, round_category, site, organisation).id)

    def hand_in(self, application: Application, applicant: Applicant, moment: datetime) -> None:
        """Fill in the filing that is open and submit it."""
        self.fill(application, applicant, applicant.key, moment)
        filing.submit(
            self.session,
            self.cast.at(applicant.key, moment + HOUR),
            application,
            revision=application.filing.revision,
            receipt_key=secrets.token_bytes(KEY_BYTES),
        )

    def fill(self, application: Application, applicant: Applicant, key: str, moment: datetime) -> None:
        """Save the answers of an applicant and attach a paper to what asks for evidence.

        Who registers as a pilot has no results yet and answers only what is asked.
        """
        actor = self.cast.at(key, moment)
        figures, claims = figures_of(applicant), claims_of(applicant)
        if application.filing.kind is FilingKind.REGISTRATION:
            figures, claims = self._asked(application, figures), {}
        criteria = filings.criteria_of(application.round_category)
        inputs = criteria.inputs
        figures = {key: value for key, value in figures.items() if inputs[key].filled_by == "applicant"}
        filling.save(
            self.session, actor, application, figures, revision=application.filing.revision, not_applicable=claims
        )
        stored = files.store(self.folder, io.BytesIO(paper()), name="evidence.pdf", limit=1_000_000)
        bindings = [(Binding.INDICATOR, indicator) for indicator in criteria.indicators]
        name = f"{applicant.site}佐证材料.pdf"
        filling.attach(self.session, actor, application, stored, name=name, bindings=bindings)

    def _asked(self, application: Application, figures: Mapping[str, Any]) -> dict[str, Any]:
        """Return of the figures those that are asked, one answer leading to the next question."""
        sheet = filings.sheet(self.session, application)
        answers = filings.answers(sheet, verified=False)
        found: dict[str, Any] = {}
        while lacking := missing_inputs(sheet.criteria, {**answers, "inputs": found}):
            found |= {key: figures[key] for key in lacking}
        return found

    def recommend(self, application: Application, moment: datetime, *, rank: int | None = None) -> None:
        """Let the bureau whose turn it is confirm what is not confirmed yet, and recommend."""
        actor = self._bureau(application, moment)
        if application.organisation is not None and application.organisation.status is Standing.PENDING:
            recommendations.confirm_organisation(self.session, actor, application, confirmed=True)
        if application.site.status is Standing.PENDING:
            recommendations.confirm_site(self.session, actor, application, confirmed=True)
        recommendations.recommend(
            self.session,
            actor,
            application,
            in_favour=True,
            opinion="经核对，单位与场所情况属实，同意推荐。",
            rank=rank,
        )

    def decline(self, application: Application, moment: datetime) -> None:
        """Let the bureau whose turn it is not recommend an application."""
        opinion = "运行台账不完整，能耗计量未覆盖主要工段，暂不推荐。"
        actor = self._bureau(application, moment)
        recommendations.recommend(self.session, actor, application, in_favour=False, opinion=opinion)

    def _bureau(self, application: Application, moment: datetime) -> Actor:
        level = recommendations.step_of(self.session, application).level or Level.PROVINCE
        programme = application.round_category.round.programme.key
        return self.cast.at(self.cast.bureau(programme, level, application.site.region_key), moment)

    def screen(self, application: Application, moment: datetime) -> None:
        """Let the officer accept an application."""
        actor = self.officer(application, moment)
        criteria = filings.criteria_of(application.round_category)
        items = dict.fromkeys(screening.checklist(criteria, application.round_category), (True, ""))
        screening.check(self.session, actor, application, items)
        screening.accept(self.session, actor, application)

    def send_back(self, application: Application, moment: datetime) -> None:
        """Let the officer return an application for correction."""
        screening.send_back(
            self.session,
            self.officer(application, moment),
            application,
            note="进水总氮缺少佐证材料，请补充月均监测报告。",
            working_days=10,
        )

    def refuse(self, application: Application, moment: datetime) -> None:
        """Let the officer refuse an application in screening."""
        reason = "该厂投运不足两年，不具备连续运行数据，不符合申报条件。"
        screening.refuse(self.session, self.officer(application, moment), application, reason=reason)

    def withdraw(self, application: Application, applicant: Applicant, moment: datetime) -> None:
        """Let the applicant withdraw an application."""
        actor = self.cast.at(applicant.key, moment)
        filing.withdraw(self.session, actor, application, reason="提标改造工程将停产施工，本批次撤回申报。")

    def bar(self, application: Application, moment: datetime) -> None:
        """Let the officer bar an application for three years."""
        reason = "核查发现佐证材料系伪造，按规定取消申报资格。"
        screening.bar(self.session, self.officer(application, moment), application, reason=reason, months=36)

    def score(self, application: Application, moment: datetime) -> None:
        """Let the officer score an application."""
        evaluations.score(self.session, self.officer(application, moment), application)

    def officer(self, application: Application, moment: datetime) -> Actor:
        """Return the officer of an application's programme."""
        (key, *_others) = self.cast.staff(Role.OFFICER, application.round_category.round.programme.key)
        return self.cast.at(key, moment)

    def assign(self, application: Application, moment: datetime, reviewers: tuple[str, ...]) -> list[Assignment]:
        """Let the officer assign reviewers."""
        actor = self.officer(application, moment)
        return [
            reviews.assign(self.session, actor, application, self.cast.users[key], why="专业对口，无回避情形")
            for key in reviewers
        ]

    def review(
        self,
        application: Application,
        assignment: Assignment,
        below: int,
        moment: datetime,
        *,
        finish: bool = True,
        said: str = JUSTIFICATION,
    ) -> None:
        """Let a reviewer mark every question so many levels below its best; `said` is why at the first of them."""
        actor = self._reviewer(assignment, moment)
        invitations.note_opened(self.session, actor, assignment.id)
        questions = panels(filings.criteria_of(application.round_category))
        words = dict.fromkeys(questions, JUSTIFICATION) | {next(iter(questions)): said}
        marks = {key: (question.levels[-1 - below].points, words[key]) for key, question in questions.items()}
        marking.save_marks(self.session, actor, assignment, marks, version=0)
        if finish:
            marking.finish(self.session, actor, assignment)

    def promise(self, assignment: Assignment, moment: datetime, days: int) -> None:
        """Let a reviewer open an assignment and say by when it will be done."""
        actor = self._reviewer(assignment, moment)
        day = moment.astimezone(SHANGHAI).date() + timedelta(days=days)
        invitations.note_opened(self.session, actor, assignment.id)
        invitations.acknowledge(self.session, actor, assignment, promised_on=day)

    def give_back(self, assignment: Assignment, moment: datetime) -> None:
        """Let a reviewer give an assignment back."""
        actor = self._reviewer(assignment, moment)
        invitations.decline(self.session, actor, assignment, reason="近期承担援外任务，无法按期完成评审。")

    def _reviewer(self, assignment: Assignment, moment: datetime) -> Actor:
        key = next(key for key, user in self.cast.users.items() if user.id == assignment.reviewer_id)
        return self.cast.at(key, moment)

    def visit(self, application: Application, moment: datetime) -> None:
        """Let the officer visit the site and record it with a photograph."""
        actor = self.officer(application, moment)
        visits.record(
            self.session,
            actor,
            application,
            version=0,
            visited_on=moment.astimezone(SHANGHAI).date(),
            team=[Person("孟核查", "演示核查机构（虚构）"), Person("平核查", "演示核查机构（虚构）")],
            met=[Person("某某", application.organisation.name if application.organisation else application.site.name)],
            findings="设施在运行，台账与申报数据一致，主要计量仪表在检定有效期内。",
        )
        stored = files.store(self.folder, io.BytesIO(picture()), name="site.jpg", limit=1_000_000)
        visits.add_photo(self.session, actor, application, stored, name="现场照片.jpg", caption="主要设施（演示图片）")

    def judge(
        self, application: Application, moment: datetime, below: tuple[int, int, int], *, said: str = JUSTIFICATION
    ) -> None:
        """Let three reviewers finish, the second with these words, and the officer conclude."""
        self.recommend(application, moment)
        self.screen(application, moment + HOUR)
        self.score(application, moment + HOUR)
        assigned = self.assign(application, moment + 2 * HOUR, ("reviewer1", "reviewer2", "reviewer3"))
        for assignment, lower in zip(assigned, below, strict=True):
            words = said if assignment is assigned[1] else JUSTIFICATION
            self.review(application, assignment, lower, moment + 3 * HOUR, said=words)
        reviews.conclude(self.session, self.cast.at("officer", moment + 4 * HOUR), application)

    def has(self, key: str) -> bool:
        """Tell whether a programme is set up."""
        return self.session.scalar(select(Programme.id).where(Programme.key == key)) is not None

    def programme(self, key: str) -> Programme:
        """Return a programme with its categories."""
        query = select(Programme).where(Programme.key == key).options(selectinload(Programme.categories))
        return self.session.scalars(query.execution_options(populate_existing=True)).one()

    def whole(self, number: int) -> Application:
        """Return an application with all that its pages show."""
        return self.session.scalars(applications.whole().where(Application.id == number)).one()


@cache
def picture() -> bytes:
    """Return a picture that stands for a photograph."""
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize((640, 400)).save(buffer, "JPEG")
    return buffer.getvalue()


@cache
def paper() -> bytes:
    """Return a page that stands for evidence, whoever's it is."""
    fonts.register()
    buffer = io.BytesIO()
    canvas = Canvas(buffer, initialFontName=fonts.REGULAR, invariant=True)  # type: ignore[arg-type]
    canvas.setFont(fonts.BOLD, 20)
    canvas.drawString(72, 740, "佐证材料（演示）")
    canvas.setFont(fonts.REGULAR, 12)
    canvas.drawString(72, 700, "演示数据：本页代替真实的佐证材料，单位与数据均为虚构。")
    canvas.drawString(72, 676, "Demonstration: this page stands for evidence; names and figures are invented.")
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()
