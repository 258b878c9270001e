"""What can keep an institution from serving a patient."""

from yijie.kernel.errors import YijieError


class InstitutionUnknown(YijieError):
    """No institution under agreement has that code."""

    code = "institution.unknown"
    zh = "机构编号 {code} 不是定点医药机构，请核对 fixmedins_code；新机构请先与就医地医保经办机构签订协议"
    en = "{code} is no designated institution; check fixmedins_code or sign an agreement first"


class NoAgreement(YijieError):
    """The institution's agreement does not hold on that day."""

    code = "institution.no_agreement"
    zh = "{name}（{code}）在 {day} 医保协议{why}，不能办理医保业务，请联系就医地医保经办机构"
    en = "{name} ({code}) has no agreement in force on {day}: {why}; ask the care region's bureau"


class NotOpenForRemote(YijieError):
    """The institution may not settle patients insured elsewhere."""

    code = "institution.not_open_for_remote"
    zh = "{name}未开通异地{care}直接结算，{home}参保患者请先自费结算，回参保地手工报销"
    en = "{name} is not open for remote {care} settlement; patients of {home} pay first and claim at home"


class WrongRegion(YijieError):
    """The message names a care region that is not the institution's."""

    code = "institution.wrong_region"
    zh = "就医地医保区划 {given} 与机构 {code} 所在区划 {region} 不符，请改正 mdtrtarea_admvs"
    en = "care region {given} is not that of institution {code} ({region}); correct mdtrtarea_admvs"
