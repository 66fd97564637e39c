"""What happens to one plant in the demonstration, act by act, through the services."""

import io
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas
from sqlalchemy.orm import Session

from registry import files
from registry.demo.cast import Cast
from registry.demo.plants import Plant, answers
from registry.domain.identity import demo_credit_code
from registry.domain.receipts import KEY_BYTES
from registry.domain.vocabulary import Binding, OrganisationKind, PartyRole, SiteKind
from registry.models import Application, Assignment, Organisation, Region, RoundCategory, Site
from registry.queries import applications, filings
from registry.queries.reviews import panels
from registry.rendering import fonts
from registry.services import applications as filing
from registry.services import (
    evaluations,
    organisations,
    recommendations,
    reviews,
    screening,
    sites,
)

JUSTIFICATION = "材料完整，论述与佐证一致，做法有据可查。"
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

    def enter(self, plant: Plant, key: str, moment: datetime) -> tuple[Organisation, Site]:
        """Enter a plant and its organisation by the applicant of this key."""
        actor = self.cast.at(key, moment)
        organisation = organisations.found(
            self.session,
            actor,
            name=f"{plant.organisation}（虚构）",
            name_en=f"{plant.organisation_en} (invented)" if plant.organisation_en else "",
            credit_code=demo_credit_code(self.codes),
            legal_representative="某某",
            kind=OrganisationKind.ENTERPRISE,
            industry="污水处理及其再生利用",
            region_key=plant.region,
        )
        self.codes += 1
        site = sites.add(
            self.session,
            self.cast.at(key, moment),
            organisation,
            kind=SiteKind.PLANT,
            name=f"{plant.site}（虚构）",
            name_en=f"{plant.site_en} (invented)" if plant.site_en else "",
            address=f"{plant.site}厂区（虚构）",
            permit_number="",
            region_key=plant.region,
            role=PartyRole.OPERATOR,
        )
        return organisation, site

    def file(self, plant: Plant, round_category: RoundCategory, moment: datetime) -> Application:
        """Let a plant apply from nothing to its receipt."""
        self.cast.applicant(plant.key, f"{plant.site[:2]}负责人", moment)
        organisation, site = self.enter(plant, plant.key, moment)
        actor = self.cast.at(plant.key, moment)
        started = filing.start(self.session, actor, round_category, site, organisation)
        application = self.whole(started.id)
        self.fill(application, plant, plant.key, moment + HOUR)
        filing.submit(
            self.session,
            self.cast.at(plant.key, moment + 2 * HOUR),
            application,
            revision=application.filing.revision,
            receipt_key=secrets.token_bytes(KEY_BYTES),
        )
        return application

    def fill(self, application: Application, plant: Plant, key: str, moment: datetime) -> None:
        """Save all answers of a plant and attach a paper to what asks for evidence."""
        actor = self.cast.at(key, moment)
        filing.save(self.session, actor, application, answers(plant), revision=application.filing.revision)
        stored = files.store(self.folder, io.BytesIO(paper(plant)), name="evidence.pdf", limit=1_000_000)
        keys = filings.sheet(self.session, application).criteria.indicators
        bindings = [(Binding.INDICATOR, indicator) for indicator in keys]
        filing.attach(self.session, actor, application, stored, name=f"{plant.site}佐证材料.pdf", bindings=bindings)

    def recommend(self, application: Application, moment: datetime) -> None:
        """Let the bureau of the region confirm and recommend."""
        region = self.session.get_one(Region, application.site.region_key)
        province = region.key if region.level == "province" else region.parent_key
        actor = self.cast.at("zhejiang" if province == "zhejiang" else "bureau", moment)
        recommendations.confirm_organisation(self.session, actor, application, confirmed=True)
        recommendations.confirm_site(self.session, actor, application, confirmed=True)
        recommendations.recommend(
            self.session, actor, application, in_favour=True, opinion="经核对，单位与场所情况属实，同意推荐。"
        )

    def screen(self, application: Application, moment: datetime) -> None:
        """Let the officer accept and score an application."""
        actor = self.cast.at("officer", moment)
        criteria = filings.sheet(self.session, application).criteria
        items = dict.fromkeys(screening.checklist(criteria, application.round_category), (True, ""))
        screening.check(self.session, actor, application, items)
        screening.accept(self.session, actor, application)
        evaluations.score(self.session, actor, application)

    def assign(self, application: Application, moment: datetime, reviewers: tuple[str, ...]) -> list[Assignment]:
        """Let the officer assign reviewers."""
        actor = self.cast.at("officer", moment)
        return [
            reviews.assign(self.session, actor, application, self.cast.users[key], why="专业对口，无回避情形")
            for key in reviewers
        ]

    def review(self, assignment: Assignment, below: int, moment: datetime, *, finish: bool = True) -> None:
        """Let a reviewer mark every question so many levels below its best."""
        key = next(key for key, user in self.cast.users.items() if user.id == assignment.reviewer_id)
        actor = self.cast.at(key, moment)
        application = self.whole(assignment.application_id)
        questions = panels(filings.sheet(self.session, application).criteria)
        marks = {key: (question.levels[-1 - below].points, JUSTIFICATION) for key, question in questions.items()}
        reviews.save_marks(self.session, actor, assignment, marks, version=0)
        if finish:
            reviews.finish(self.session, actor, assignment)

    def judge(self, application: Application, moment: datetime, below: tuple[int, int, int]) -> None:
        """Let three reviewers finish and the officer conclude."""
        self.recommend(application, moment)
        self.screen(application, moment + HOUR)
        assigned = self.assign(application, moment + 2 * HOUR, ("reviewer1", "reviewer2", "reviewer3"))
        for assignment, lower in zip(assigned, below, strict=True):
            self.review(assignment, lower, moment + 3 * HOUR)
        reviews.conclude(self.session, self.cast.at("officer", moment + 4 * HOUR), application)

    def whole(self, number: int) -> Application:
        """Return an application with all that its pages show."""
        return self.session.scalars(applications.whole().where(Application.id == number)).one()


def paper(plant: Plant) -> bytes:
    """Return a page that stands for a plant's evidence."""
    fonts.register()
    buffer = io.BytesIO()
    canvas = Canvas(buffer, initialFontName=fonts.REGULAR, invariant=True)  # type: ignore[arg-type]
    canvas.setFont(fonts.BOLD, 20)
    canvas.drawString(72, 740, f"{plant.site} · 佐证材料")
    canvas.setFont(fonts.REGULAR, 12)
    canvas.drawString(72, 700, "演示数据：本页代替真实的佐证材料，单位与数据均为虚构。")
    canvas.drawString(72, 676, "Demonstration: this page stands for evidence; names and figures are invented.")
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()
