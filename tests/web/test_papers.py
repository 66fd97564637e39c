"""The papers of an application, asked for as its people do: who gets which, what they say, and what they do not."""

from io import BytesIO
from urllib.parse import unquote

import pypdf
import pytest
from sqlalchemy import select

from registry.domain.vocabulary import Role
from registry.models import Application, Evaluation, Evidence, Filing, Letter, Site, User
from registry.web.templating import LANGUAGES
from tests import browse, factories


@pytest.fixture
def yunxi(world_database) -> Application:
    with world_database.reading() as session:
        person = session.scalars(select(User.id).where(User.email == "yunxi@demo.example")).one()
        return session.scalars(select(Application).where(Application.started_by_id == person)).one()


def evaluations(database, application):
    with database.reading() as session:
        rows = select(Evaluation).join(Filing).where(Filing.application_id == application.id).order_by(Evaluation.id)
        return session.scalars(rows).all()


def text(answer) -> str:
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    pages = pypdf.PdfReader(BytesIO(answer.data)).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


def test_a_receipt_says_who_signed_and_what_was_handed_in(world_database, visit, yunxi):
    client = visit("yunxi")
    answer = client.get(f"/applications/{yunxi.id}/receipt.pdf")
    said = text(answer)
    with world_database.reading() as session:
        signer = session.get_one(User, yunxi.submitted_by_id).name
        files = session.scalars(select(Evidence).join(Filing).where(Filing.application_id == yunxi.id)).all()
    assert f"签署人Signedby{signer}" in said
    assert yunxi.receipt in said
    assert yunxi.content_digest in said
    assert "36,720,000m³" in said
    assert files
    for file in files:
        assert file.sha256[:16] in said
        assert file.sha256[:17] not in said
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith(f"attachment; filename=\"receipt-{yunxi.receipt}.pdf\"; filename*=UTF-8''")
    assert (
        unquote(disposition.partition("UTF-8''")[2])
        == f"申报回执 {yunxi.receipt} {yunxi.applicant['site']['name']}.pdf"
    )
    assert signer in browse.words(client.get(f"/applications/{yunxi.id}/receipt"))


def test_there_is_no_receipt_before_a_submission(session, client):
    organisation = factories.organisation(session)
    person = factories.persona(session, Role.DRAFTER, organisation=organisation)
    draft = factories.application(session, organisation=organisation)
    session.commit()
    assert client(person).get(f"/applications/{draft.id}/receipt.pdf").status_code == 404


def test_another_applicant_gets_no_paper(visit, yunxi):
    other = visit("xiangtai")
    for paper in ("receipt.pdf", "score.pdf", "letters/1.pdf"):
        assert other.get(f"/applications/{yunxi.id}/{paper}").status_code == 404


def test_the_applicants_score_sheet_has_no_marks_and_nothing_established(world_database, visit, yunxi):
    said = text(visit("yunxi").get(f"/applications/{yunxi.id}/score.pdf"))
    assert "自评分表SELF-SCORESHEET" in said
    assert "后续由专家打分" in said
    kept = evaluations(world_database, yunxi)[-1]
    assert kept.marks
    assert f"{kept.total}" not in said
    with world_database.reading() as session:
        reviewers = session.scalars(select(User.name).where(User.email.like("reviewer%"))).all()
    assert not any(name in said for name in reviewers)
    assert "核定值" not in said


def test_the_office_reads_the_score_as_it_was_kept(world_database, visit, yunxi):
    kept = evaluations(world_database, yunxi)
    officer = visit("officer")
    for evaluation in kept:
        said = text(officer.get(f"/admin/cases/{yunxi.id}/scores/{evaluation.id}.pdf"))
        assert str(evaluation.total) in said
        assert evaluation.input_digest in said
    page = officer.get(f"/admin/cases/{yunxi.id}").text
    assert [f"/admin/cases/{yunxi.id}/scores/{evaluation.id}.pdf" in page for evaluation in kept] == [True] * len(kept)
    with world_database.reading() as session:
        foreign = session.scalars(select(Evaluation.id).join(Filing).where(Filing.application_id != yunxi.id)).first()
    assert officer.get(f"/admin/cases/{yunxi.id}/scores/{foreign}.pdf").status_code == 404
    assert visit("yunxi").get(f"/admin/cases/{yunxi.id}/scores/{kept[0].id}.pdf").status_code == 403


def test_every_letter_of_the_demonstration_can_be_had(world_database, visit, yunxi):
    with world_database.reading() as session:
        letters = session.scalars(select(Letter).where(Letter.application_id == yunxi.id)).all()
    client = visit("yunxi")
    assert letters
    for letter in letters:
        said = text(client.get(f"/applications/{yunxi.id}/letters/{letter.id}.pdf"))
        for part in (letter.subject, letter.subject_en):
            assert "".join(part.split()) in said
        assert said.count(f"http://127.0.0.1:8000/applications/{yunxi.id}/letters/{letter.id}") == 2
    page = client.get(f"/applications/{yunxi.id}").text
    assert f"/applications/{yunxi.id}/letters/{letters[0].id}.pdf" in page


def test_a_site_that_cannot_be_printed_is_named_instead_of_a_paper(world_database, visit, yunxi):
    with world_database.writing() as session:
        session.get_one(Site, yunxi.site_id).name = "\U00030000厂"
        session.commit()
    answer = visit("yunxi").get(f"/applications/{yunxi.id}/score.pdf")
    assert answer.status_code == 422
    assert "申报场所 Site" in browse.words(answer)
    assert "U+30000" in browse.words(answer)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_score_sheet_is_in_the_readers_language(visit, yunxi, language):
    client = visit("yunxi")
    browse.post(client, "/language", language=language)
    said = text(client.get(f"/applications/{yunxi.id}/score.pdf"))
    assert ("Compliantdays" in said) == (language == "en")
    assert "门槛要求Requirements" in said


def test_who_types_a_name_that_cannot_be_printed_is_told_and_keeps_it(world_database, visit):
    client = visit("yunxi")
    browse.post(client, "/account/profile", name="王\U00030000", language="zh")
    assert "U+30000" in browse.words(client.get("/account"))
    with world_database.reading() as session:
        assert session.scalars(select(User.name).where(User.email == "yunxi@demo.example")).one() == "王\U00030000"
