"""The words of every kind of letter, where a programme has none of its own, and the values that a preview shows."""

from collections.abc import Mapping

from registry.domain.letters import Value, Wording
from registry.domain.texts import Names
from registry.domain.vocabulary import Ground, LetterKind

_FRAME = "{organisation}：\n\n%s\n\n对本通知有疑问的，请向发文机关咨询。\n\n{issuers}\n{date}"
_FRAME_EN = "To {organisation}\n\n%s\n\nQuestions are answered by the issuing authority.\n\n{issuers}\n{date}"
_FILED = "你单位为“{site}”提交的申报（{where}）"
_FILED_EN = "Your application for {site} ({where})"
_NEXT = "该场所可在下一批次重新申报；不设截止日期的批次，现在即可重新申报。"
_NEXT_EN = "The site may apply again in the next round; where a round has no closing date, at once."


def _wording(subject: str, body: str, subject_en: str, body_en: str) -> Wording:
    return Wording(subject, _FRAME % body, subject_en, _FRAME_EN % body_en)


DEFAULTS: Mapping[LetterKind, Wording] = {
    LetterKind.SELECTED: _wording(
        "入选通知：{site}",
        f"{_FILED}经综合评议，拟予入选。\n\n"
        "入选结果将先行公示。公示期满且无异议，或者异议经核实不成立的，列入公布名单并颁发证书，全程不收取任何费用。"
        "公示期间，请保持联系渠道畅通，以便核实异议。",
        "Selected: {site}",
        f"{_FILED_EN} has been selected after deliberation.\n\n"
        "The selection is first announced publicly. When the notice has ended and no objection is upheld, the site is "
        "put on the published list and its certificate is issued, free of any charge. Please stay within reach while "
        "the notice runs, in case an objection has to be looked into.",
    ),
    LetterKind.RESERVED: _wording(
        "列入储备名单：{site}",
        f"{_FILED}经综合评议，列入储备名单，储备次序为第 {{order}} 位，有效期至{{until}}。\n\n"
        "有效期内出现空缺名额时，按储备次序递补，递补结果另行公示和通知。你单位无须办理任何手续。",
        "In reserve: {site}",
        f"{_FILED_EN} is placed in reserve after deliberation, as number {{order}}, until {{until}}.\n\n"
        "If a place becomes vacant by then it is filled in the order of the reserve, with a public notice and a letter "
        "of its own. There is nothing for you to do.",
    ),
    LetterKind.RESERVE_ENDED: _wording(
        "储备期满：{site}",
        f"{_FILED}的储备资格已于{{until}}到期，期间没有空缺名额递补，最终未入选。\n\n{_NEXT}",
        "Reserve ended: {site}",
        f"{_FILED_EN} stood in reserve until {{until}}. No place became vacant for it, so that it was not selected.\n\n"
        f"{_NEXT_EN}",
    ),
    LetterKind.UNSELECTED: _wording(
        "未入选通知：{site}",
        f"{_FILED}经综合评议，未予入选。\n\n原因：{{reason}}\n\n各项得分及计算过程可在本系统的申报页面查看。{_NEXT}",
        "Not selected: {site}",
        f"{_FILED_EN} was not selected after deliberation.\n\nReason: {{reason}}\n\n"
        f"Every figure and how it came about can be read on the page of your application. {_NEXT_EN}",
    ),
    LetterKind.EXCLUDED: _wording(
        "未列入本次评议：{site}",
        f"{_FILED}在本次评议时尚未完成全部环节，未列入本次评议。\n\n原因：{{reason}}\n\n{_NEXT}",
        "Left out of the decision: {site}",
        f"{_FILED_EN} was unfinished when the decision was taken, and was left out of it.\n\nReason: {{reason}}\n\n"
        f"{_NEXT_EN}",
    ),
    LetterKind.FAILED: _wording(
        "未达到门槛要求：{site}",
        f"{_FILED}经核算，未达到下列门槛要求，本次申报到此为止：\n\n{{reason}}\n\n"
        "核算过程可在本系统的申报页面查看。达到要求后，在受理期内或以后的批次，该场所可重新申报。",
        "A requirement is not met: {site}",
        f"{_FILED_EN} does not meet what follows, so that it ends here:\n\n{{reason}}\n\n"
        "How this was worked out can be read on the page of your application. Once the requirements are met, the site "
        "may apply again, in this round while it takes applications or in a later one.",
    ),
    LetterKind.DECLINED: _wording(
        "未获推荐：{site}",
        f"{_FILED}经推荐部门审核，未予推荐。\n\n推荐部门意见：{{reason}}\n\n本批次受理截止前，该场所可重新申报。",
        "Not recommended: {site}",
        f"{_FILED_EN} was not recommended by the bureau.\n\nThe opinion of the bureau: {{reason}}\n\n"
        "While the round takes applications, the site may apply again.",
    ),
    LetterKind.REFUSED: _wording(
        "形式审查未通过：{site}",
        f"{_FILED}未通过形式审查。\n\n原因：{{reason}}\n\n本批次受理截止前，该场所补齐材料后可重新申报。",
        "Not accepted in screening: {site}",
        f"{_FILED_EN} was not accepted in screening.\n\nReason: {{reason}}\n\n"
        "While the round takes applications, the site may apply again with what was missing.",
    ),
    LetterKind.BARRED: _wording(
        "取消申报资格的决定：{site}",
        f"{_FILED}未通过形式审查，并决定在一定期限内取消该单位及该场所的申报资格。\n\n原因：{{reason}}\n\n"
        "自即日起至{until}前，该单位及该场所不得再次申报本计划的任何批次；自{until}起可以重新申报。",
        "Barred from applying: {site}",
        f"{_FILED_EN} was barred in screening.\n\nReason: {{reason}}\n\n"
        "Before {until} neither the site nor the organisation can apply in any round of this programme; from that day "
        "on they may apply again.",
    ),
    LetterKind.LAPSED: _wording(
        "申报失效：{site}",
        f"{_FILED}应于{{due}}前补正或提交材料，逾期未提交，已自动失效。\n\n"
        "本批次仍在受理的，该场所可重新申报；已截止的，可在下一批次申报。",
        "Lapsed: {site}",
        f"{_FILED_EN} was to be handed in again before {{due}}. This was not done, so that it has lapsed.\n\n"
        "The site may apply again while the round takes applications, else in the next round.",
    ),
    LetterKind.WITHDRAWN: _wording(
        "撤回确认：{site}",
        f"{_FILED}已按你单位的要求撤回。\n\n你单位说明的原因：{{reason}}\n\n"
        "已提交的材料留存备查，不再进入后续程序。本批次仍在受理的，该场所可重新申报。",
        "Withdrawn: {site}",
        f"{_FILED_EN} is withdrawn as you asked.\n\nThe reason that you gave: {{reason}}\n\n"
        "What was handed in stays on record and goes no further. While the round takes applications, the site may "
        "apply again.",
    ),
    LetterKind.TERMINATED: _wording(
        "终止申报的决定：{site}",
        f"{_FILED}经两人审核决定，予以终止，不再进入后续程序。\n\n原因：{{reason}}",
        "Terminated: {site}",
        f"{_FILED_EN} is terminated by a decision of two officials and goes no further.\n\nReason: {{reason}}",
    ),
    LetterKind.REMOVED: _wording(
        "异议成立，撤下公示：{site}",
        "公示期间收到对“{site}”（{where}）的异议。经核实，异议成立，现将其从公示名单中撤下。\n\n核实意见：{reason}",
        "Removed after an objection: {site}",
        "While the notice ran, an objection was raised to {site} ({where}). It was looked "
        "into and upheld, and the site is removed from the notice.\n\nWhat was found: {reason}",
    ),
    LetterKind.PUBLISHED: _wording(
        "列入公布名单：{site}",
        f"{_FILED}公示期满，已列入《{{title}}》。\n\n证书将随后颁发，届时另行通知；全程不收取任何费用。",
        "Published: {site}",
        f"{_FILED_EN} stands on the published list “{{title}}” after its public notice.\n\n"
        "The certificate is issued next, with a letter of its own and free of any charge.",
    ),
    LetterKind.CERTIFIED: _wording(
        "证书颁发通知：{site}",
        "“{site}”（{where}）的证书已颁发，编号为 {number}，有效期至{until}。\n\n"
        "证书可在本系统的申报页面下载；任何人都可凭编号或二维码在本系统查验。不收取任何费用。",
        "Certificate issued: {site}",
        "The certificate of {site} ({where}) is issued under the number {number}, valid "
        "until {until}.\n\n"
        "It can be downloaded from the page of your application, and anybody can check it here by its number or code. "
        "There is no fee.",
    ),
    LetterKind.REVOKED: _wording(
        "撤销认定的决定：{site}",
        "“{site}”（{where}）的认定（编号 {number}）自{date}起撤销，证书同时失效。\n\n原因：{reason}\n\n"
        "请即停止使用该证书及相应称号。",
        "Award revoked: {site}",
        "The award {number} of {site} ({where}) is revoked from {date}; its certificate is no longer "
        "valid.\n\nReason: {reason}\n\nPlease stop using the certificate and the title at once.",
    ),
    LetterKind.FILING_DUE: _wording(
        "请提交{title}：{site}",
        f"{_FILED}已进入下一阶段，请提交{{title}}。截止时间：{{due}}。\n\n"
        "已填报的内容已带入新的填报页面，请核对更新后由签署人提交。设有截止时间的，逾期未提交，申报自动失效。",
        "Please file: {title} of {site}",
        f"{_FILED_EN} has reached its next stage. Please hand in the {{title}}. Due: {{due}}.\n\n"
        "What was filled in before stands there already: check it, bring it up to date, and have the signatory submit "
        "it. Where there is a date and it passes, the application lapses.",
    ),
}

# Why an application was not selected, as its letter says it.
GROUNDS: Mapping[Ground, Names] = {
    Ground.BELOW_CUT: Names(
        "按总分排序，在名额之外。", "In the order of the totals it stands below the places there are."
    ),
    Ground.ABOVE_LIMIT: Names("所在组别的名额已满。", "The places of its group are taken."),
    Ground.BELOW_LOWEST_GRADE: Names("总分未达到最低等级。", "Its total does not reach the lowest grade."),
    Ground.NO_FIGURE: Names("没有可用于排序的总分。", "It has no total by which it could be ranked."),
    Ground.BARRED: Names("处于取消申报资格期内。", "It is barred from this programme for a time."),
    Ground.NOT_LISTED: Names(
        "未持有本类别要求先行取得的有效认定。", "It holds no valid award that this category asks for first."
    ),
    Ground.HELD_ALREADY: Names(
        "已持有本类别的有效认定，不重复认定。",
        "It holds a valid award of this category already, which is not given a second time meanwhile.",
    ),
    Ground.NOT_SUPPORTED: Names("综合评议未予支持。", "The meeting that deliberated did not support it."),
    Ground.BELOW_MINIMUM: Names(
        "总分未达到本次遴选采用的最低总分。", "Its total does not reach the least total set for this selection."
    ),
    Ground.OVERRIDDEN: Names(
        "未按排序，由两人另行决定，理由如下：", "It was decided apart from the order, by two people, for this reason:"
    ),
}

# What a preview puts in place of the placeholders; the programme and its issuers are its own.
EXAMPLES: Mapping[str, Value] = {
    "organisation": Names("示例水务有限公司", "Example Water Company"),
    "site": Names("示例水质净化厂", "Example Water Reclamation Plant"),
    "where": Names("示例批次，示例类别", "Example round, Example category"),
    "round": Names("示例批次", "Example round"),
    "category": Names("示例类别", "Example category"),
    "reason": Names("此处为经办人填写的原因。", "Here stands the reason as it was written."),
    "number": "SZ-EXAMPLE-2026-0001",
    "order": "2",
    "until": Names("2027年3月2日", "2 March 2027"),
    "due": Names("2026年3月17日 00:00", "00:00 on 17 March 2026 (Beijing time)"),
    "title": Names("示例名单", "Example list"),
}
