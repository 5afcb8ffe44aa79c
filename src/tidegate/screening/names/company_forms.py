"""Forms of companies: what the law calls them in each country, under one canonical word."""

from __future__ import annotations

__all__ = ["AMBIGUOUS", "FORMS", "GLUED"]

# Canonical form -> spellings, as read aloud; letters may also stand with dots ("S.A.R.L."). Facts: GLEIF's list of
# entity legal forms (ISO 20275), the Vietnamese Law on Enterprises 59/2020/QH14.
FORMS: dict[str, str] = {
    "llc": """
        llc; limited liability company; limited liability co; limited liability; llp; ooo; tov; тоо; jmchj; mchj;
        общество с ограниченной ответственностью; товариство з обмеженою відповідальністю;
        công ty tnhh; cty tnhh; tnhh; công ty trách nhiệm hữu hạn; trách nhiệm hữu hạn;
        công ty tnhh một thành viên; công ty tnhh mtv; cty tnhh mtv; tnhh mtv; tnhh một thành viên;
        công ty trách nhiệm hữu hạn một thành viên; công ty trách nhiệm hữu hạn mtv;
        công ty tnhh hai thành viên trở lên; công ty tnhh hai thành viên;
        gmbh; gesmbh; mbh; gmbh co kg; gmbh and co kg; gesellschaft mit beschränkter haftung;
        sarl; sarlau; société à responsabilité limitée; srl; società a responsabilità limitata;
        societatea cu răspundere limitată; sociedad de responsabilidad limitada; s de rl; s de rl de cv; eirl;
        limitada; ltda; lda; spzoo; sp z oo; sp z o o; spółka z o o; spółka z ograniczoną odpowiedzialnością;
        sro; spol s r o; spoločnosť s ručením obmedzeným; doo; ood; eood; shpk; kft; uab; sia; ou; osauhing;
        bv; bvba; besloten vennootschap; limited şirketi; ltd şti; fze; fzco; fz llc; wll; spc; epe; ike;
        ش م م; ذ م م; شركة ذات مسؤولية محدودة; yugen kaisha; godo kaisha; gk; yk""",
    "ltd": """
        ltd; limited; co ltd; company limited; co limited; ltd co; pte; pte ltd; pte limited; private limited;
        pvt; pvt ltd; pvt limited; pty; pty ltd; pty limited; proprietary limited; sdn bhd; sendirian berhad""",
    "jsc": """
        jsc; ojsc; cjsc; pjsc; jscb; ojscb; joint stock company; joint stock co; open joint stock company;
        closed joint stock company; public joint stock company; joint stock;
        oao; zao; pao; ao; прат; пат; ат; акционерное общество; открытое акционерное общество;
        закрытое акционерное общество; публичное акционерное общество;
        công ty cổ phần; công ty cp; cty cổ phần; cty cp; ctcp;
        ag; aktiengesellschaft; sa; société anonyme; sociedad anónima; sociedade anônima; sa de cv; sab de cv;
        sociedad anónima de capital variable; sas; société par actions simplifiée;
        sociedad por acciones simplificada; spa; società per azioni; nv; naamloze vennootschap;
        ab; aktiebolag; as; asa; aps; aksjeselskap; aktieselskab; anpartsselskab; oy; oyj; osakeyhtiö;
        spółka akcyjna; akciová společnost; akciová spoločnosť; dd; ad; ead; nyrt; zrt; aş; anonim şirketi; ae;
        kk; kabushiki kaisha; kabushiki gaisha; pjs; sal; sae; saog; psc; qsc; tbk; pt; perseroan terbatas;
        ش م ل; شركة مساهمة""",
    "plc": "plc; pcl; public limited company; public company limited; berhad; bhd; se; societas europaea",
    "corp": "corp; corporation; inc; incorporated; co inc; tổng công ty; tập đoàn",
    "company": "company; co; cie; compagnie; công ty; cty; xí nghiệp; شركة; kompaniya",
    "partnership": """
        lp; limited partnership; general partnership; kg; kommanditgesellschaft; ohg; offene handelsgesellschaft;
        snc; cv; vof; spółka jawna; spółka komandytowa; công ty hợp danh""",
    "sole": """
        ип; индивидуальный предприниматель; doanh nghiệp tư nhân; dntn; hộ kinh doanh; ei; ek; einzelunternehmen;
        sole proprietorship""",
    "foundation": "stiftung; foundation; fondation; fundación; stichting",
    "state": "гуп; фгуп; муп; государственное унитарное предприятие; state unitary enterprise",
}

# Forms in scripts without spaces: spelling and canonical form; they stand glued to a word, before it or after it.
GLUED_FORMS = """
        有限责任公司 llc; 有限責任公司 llc; 股份有限公司 jsc; 集团有限公司 ltd; 集團有限公司 ltd; 有限公司 ltd;
        集团公司 corp; 公司 company; 株式会社 jsc; 株式會社 jsc; 有限会社 llc; 合同会社 llc; 合資会社 partnership;
        会社 company; 주식회사 jsc; 유한책임회사 llc; 유한회사 llc;
        บริษัท company; จำกัด ltd; มหาชน plc; ห้างหุ้นส่วนจำกัด partnership
    """
GLUED: dict[str, str] = dict(pair.split() for pair in GLUED_FORMS.split(";"))

# Spellings (in Latin letters) that may as well be a name or initials ("Ivanov S.A.", "Le Van Sa"): left out only of
# what is known to be a company, and only at an end.
SHORT = """
    ab ad ae ag ao aps as asa at bv co cv dd doo ead ei ek epe fze gk ike ip kg kk lda lp mbh nv oao ohg ood ou
    oy pao pat pcl psc pt pte qsc sa sae sal sas se sia snc spa spc sro srl tas tov uab vof yk zao cie mup gup
    pjs wll zrt too prat stiftung stichting foundation fondation fundacion company
"""
AMBIGUOUS = frozenset(SHORT.split())
