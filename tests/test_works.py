"""Signings, programmes, budgets and decisions in the wordings of releases."""

from __future__ import annotations

import pytest
from test_extract import read_sentence


@pytest.mark.parametrize(
    ("sentence", "fact"),
    [
        (
            "กระทรวงมหาดไทยได้ร่วมลงนามบันทึกความเข้าใจกับสหประชาชาติ",
            ("signs", "สหประชาชาติ", "บันทึกความเข้าใจ", "actual"),
        ),
        (
            "พิธีลงนามบันทึกข้อตกลงความร่วมมือ (MOU) การขับเคลื่อนการจัดการขยะอาหารเพื่อรองรับเป้าหมายด้านการลดก๊าซเรือนกระจก "
            "ระหว่างกระทรวงทรัพยากรธรรมชาติและสิ่งแวดล้อม (ทส.) และกระทรวงมหาดไทย (มท.)",
            ("signs", "กระทรวงมหาดไทย", "บันทึกข้อตกลงความร่วมมือ", "actual"),
        ),
        (
            "มีการลงนามบันทึกความเข้าใจด้านการจัดส่งแรงงานภาคเกษตรตามฤดูกาล (Seasonal Worker) กับทางการเกาหลีใต้",
            ("signs", "เกาหลีใต้", "บันทึกความเข้าใจด้านการจัดส่งแรงงานภาคเกษตรตามฤดูกาล", "actual"),
        ),
        (
            "กรมบังคับคดีจึงได้จัดโครงการ “ไกล่เกลี่ยทั่วไทย” ขึ้นในปีนี้",
            ("runs", "กรมบังคับคดี", "โครงการ “ไกล่เกลี่ยทั่วไทย”", "actual"),
        ),
        (
            "รัฐบาลได้ออกมาตรการช่วยเหลือเกษตรกร",
            ("runs", "รัฐบาล", "มาตรการช่วยเหลือเกษตรกร", "actual"),
        ),
        (
            "กรมการแพทย์ได้นำร่องการแพทย์วิถีใหม่ตามโครงการ “ปัตตานีโมเดล”",
            ("runs", "กรมการแพทย์", "โครงการ “ปัตตานีโมเดล”", "actual"),
        ),
        (
            "โครงการ “ปัตตานีโมเดล” วงเงิน 15,000 ล้านบาท เริ่มแล้ว",
            ("has_budget", "โครงการ “ปัตตานีโมเดล”", "15000000000 THB", "actual"),
        ),
        (
            "คณะกรรมการนโยบายการเงิน (กนง.) มีมติเป็นเอกฉันท์ให้คงอัตราดอกเบี้ยนโยบาย",
            ("approves", "คณะกรรมการนโยบายการเงิน", "ให้คงอัตราดอกเบ", "actual"),
        ),
        (
            "คณะกรรมการสิ่งแวดล้อมแห่งชาติ ในคราวประชุมครั้งที่ 1/2565 "
            "เมื่อวันที่ 17 กุมภาพันธ์ 2565 มีมติเห็นชอบรายงานของโครงการ",
            ("approves", "คณะกรรมการสิ่งแวดล้อมแห่งชาติ", "รายงานของโครงกา", "actual"),
        ),
        (
            "การประชุมคณะรัฐมนตรี เมื่อวันที่ 28 เมษายน 2563 มีมติเห็นชอบการช่วยเหลือเกษตรกร",
            ("approves", "คณะรัฐมนตรี", "การช่วยเหลือเกษ", "actual"),
        ),
        (
            "คณะรัฐมนตรีได้มีมติเมื่อวันที่ 24 มกราคม 2560 เห็นชอบมาตรการภาษีส่งเสริมการลงทุน",
            ("approves", "คณะรัฐมนตรี", "มาตรการภาษีส่งเ", "actual"),
        ),
        (
            "คณะรัฐมนตรีภายใต้การนำของพลเอก สมชาย ใจดี นายกรัฐมนตรี มีมติเห็นชอบการเป็นเจ้าภาพจัดการแข่งขัน",
            ("approves", "คณะรัฐมนตรี", "การเป็นเจ้าภาพจ", "actual"),
        ),
        (
            "ทั้งนี้ นายกรัฐมนตรีได้เห็นชอบให้กระทรวงสาธารณสุขเบิกจ่ายงบประมาณ",
            ("approves", "นายกรัฐมนตรี", "ให้กระทรวงสาธาร", "actual"),
        ),
        (
            "ครม. ไฟเขียวมาตรการสนับสนุนการใช้ยานยนต์ไฟฟ้า",
            ("approves", "คณะรัฐมนตรี", "มาตรการสนับสนุน", "actual"),
        ),
        (
            "กระทรวงเกษตรและสหกรณ์มีการดำเนินโครงการเพิ่มประสิทธิภาพการผลิต",
            ("runs", "กระทรวงเกษตรและสหกรณ์", "โครงการเพิ่มประสิทธิภาพการผลิต", "actual"),
        ),
        (
            "โครงการก่อสร้างสะพานข้ามคลองดู อำเภอละงู จังหวัดสตูล งบประมาณ 291.013 ล้านบาท",
            ("has_budget", "โครงการก่อสร้างสะพานข้ามคลองดู", "291013000 THB", "actual"),
        ),
        (
            "โครงการนิคมอุตสาหกรรม Bioeconomy ของบริษัท สุขใจ จำกัด ที่จังหวัดขอนแก่น มูลค่าลงทุน 29,705 ล้านบาท",
            ("has_budget", "โครงการนิคมอุตสาหกรรม Bioeconomy", "29705000000 THB", "actual"),
        ),
        (
            "การประชุมคณะรัฐมนตรีวันนี้ ที่ประชุมมีมติเห็นชอบร่างพระราชบัญญัติยาเสพติดตามที่เสนอ",
            ("approves", "คณะรัฐมนตรี", "ร่างพระราชบัญญั", "actual"),
        ),
    ],
)
def test_works(sentence: str, fact: tuple[str, str, str, str]) -> None:
    """Who signs, runs, pays for and approves what."""
    assert fact in read_sentence(sentence)


def test_an_office_in_other_words_is_its_holder() -> None:
    """The government's spokesperson is who acts as spokesperson of the Prime Minister's office."""
    found = read_sentence(
        "นายสมชาย ใจดี ปฏิบัติหน้าที่โฆษกประจำสำนักนายกรัฐมนตรี เป็นประธาน\nโฆษกรัฐบาล กล่าวว่า ประชาชนพอใจในมาตรการใหม่"
    )
    assert ("says", "สมชาย ใจดี", "ประชาชนพอใจในมา", "actual") in found


@pytest.mark.parametrize(
    ("sentence", "alias", "owner"),
    [
        ("การประชุมของกรมประมง (Department of Fisheries)", "Department of Fisheries", "กรมประมง"),
        ("องค์การตลาดเพื่อเกษตรกร (อ.ต.ก.)", "อ.ต.ก.", "องค์การตลาดเพื่อเกษตรกร"),
        ("คณะกรรมการกองทุนการออมแห่งชาติ (กอช.)", "กอช.", "กองทุนการออมแห่งชาติ"),
        ("คณะกรรมการกองทุนการออมแห่งชาติ หรือ กอช.", "กอช.", "กองทุนการออมแห่งชาติ"),
        (
            "สภาที่ปรึกษาทางธุรกิจเอเปค (APEC Business Advisory Council)",
            "APEC Business Advisory Council",
            "สภาที่ปรึกษาทางธุรกิจเอเปค",
        ),
        ("การประชุมพัฒนากาแฟในอาเซียน ครั้งที่ 1 (ACID)", "ACID", "การประชุมพัฒนากาแฟในอาเซียน ครั้งที่ 1"),
    ],
)
def test_what_a_name_in_brackets_names(sentence: str, alias: str, owner: str) -> None:
    """English names of bodies within the name of a meeting, and abbreviations that begin like places."""
    assert ("also_known_as", owner, alias[:15], "actual") in read_sentence(sentence + " จัดขึ้นวันนี้")


@pytest.mark.parametrize(
    ("sentence", "fact"),
    [
        (
            "นางสาวอังคณา ใจดี ที่ปรึกษาด้านการสื่อสาร กรมประมง เข้าร่วม",
            ("works_for", "อังคณา ใจดี", "กรมประมง", "actual"),
        ),
        (
            "นายสมชาย ใจดี ผู้อำนวยการสำนักงานชลประทานที่ 8 เข้าร่วม",
            ("works_for", "สมชาย ใจดี", "สำนักงานชลประทานที่ 8", "actual"),
        ),
        ("นางสาวอังคณา ใจดี ผช.โฆษก กห. เข้าร่วม", ("works_for", "อังคณา ใจดี", "กระทรวงกลาโหม", "actual")),
        (
            "นางสาวอังคณา ใจดี รองปลัดกระทรวงดิจิทัลฯ เข้าร่วม",
            ("works_for", "อังคณา ใจดี", "กระทรวงดิจิทัลเพื่อเศรษฐกิจและสังคม", "actual"),
        ),
        ("เรื่องนี้ ก.แรงงาน โดยกรมการจัดหางาน ดูแล", ("part_of", "กรมการจัดหางาน", "กระทรวงแรงงาน", "actual")),
        (
            "ศาตราจารย์พิเศษสมชาย ใจดี ปลัดกระทรวงยุติธรรม เข้าร่วม",
            ("works_for", "สมชาย ใจดี", "กระทรวงยุติธรรม", "actual"),
        ),
        ("เรื่องนี้ ยธ. โดยกรมราชทัณฑ์ ดำเนินการแล้ว", ("part_of", "กรมราชทัณฑ์", "กระทรวงยุติธรรม", "actual")),
        (
            "คณะกรรมการพิจารณาร่างกฎหมายของกระทรวงแรงงาน",
            ("part_of", "คณะกรรมการพิจารณาร่างกฎหมาย", "กระทรวงแรงงาน", "actual"),
        ),
        (
            "กรมศุลกากรเป็นหน่วยงานในสังกัดกระทรวงการคลัง",
            ("part_of", "กรมศุลกากร", "กระทรวงการคลัง", "actual"),
        ),
        ("เรื่องนี้ให้กระทรวงการคลัง (กรมบัญชีกลาง) ดูแล", ("part_of", "กรมบัญชีกลาง", "กระทรวงการคลัง", "actual")),
    ],
)
def test_where_people_and_bodies_belong(sentence: str, fact: tuple[str, str, str, str]) -> None:
    """A body behind a field of work, with its number, and within another that is called in short."""
    assert fact in read_sentence(sentence)


@pytest.mark.parametrize(
    ("of", "ministry"),
    [
        ("ของญี่ปุ่น", "กระทรวงศึกษาธิการของญี่ปุ่น"),
        (" สาธารณรัฐเกาหลี", "กระทรวงศึกษาธิการ สาธารณรัฐเกาหลี"),
        ("ของไทย", "กระทรวงศึกษาธิการ"),
    ],
)
def test_a_minister_abroad_is_of_another_ministry(of: str, ministry: str) -> None:
    """A ministry that the registry knows is that of another country where a post names one behind it."""
    facts = read_sentence(f"นายจอห์น สมิธ รัฐมนตรีว่าการกระทรวงศึกษาธิการ{of} กล่าวว่า การศึกษามีความสำคัญยิ่ง")
    assert {object_ for relation, _, object_, _ in facts if relation == "works_for"} == {ministry}


@pytest.mark.parametrize("inside", ["แคราย-มีนบุรี", "ภาคเหนือ", "ทีม", "เฉพาะกิจ", "เว็บไซต์"])
def test_no_name_in_brackets(inside: str) -> None:
    """The ends of a line, a region and the like tell one thing from others; they are no names of it."""
    assert not [
        fact
        for fact in read_sentence(f"โครงการรถไฟฟ้าสายสีชมพู ({inside}) จัดขึ้นวันนี้")
        if fact[0] == "also_known_as"
    ]


def test_no_posts_of_the_crowd() -> None:
    """Who comes with a person holds the posts that follow, not the person."""
    found = read_sentence("นายสมชาย ใจดี นายอำเภอท่ายาง หัวหน้าส่วนราชการ กำนัน ผู้ใหญ่บ้าน เข้าร่วม")
    assert {post for name, _, post, _ in found if name == "holds_position"} == {"นายอำเภอท่ายาง"}


@pytest.mark.parametrize(
    ("sentence", "relation"),
    [
        ("สินเชื่อ “สุขใจ” วงเงินกู้สูงสุด 50 ล้านบาท", "has_budget"),
        ("กสทช. เป็นหน่วยงานกำกับดูแลบริษัท สุขใจ จำกัด", "part_of"),
        ("ตามมติคณะรัฐมนตรีของกระทรวงแรงงาน", "part_of"),
        ("หากคณะรัฐมนตรีมีมติให้ขยายเวลาการยื่นคำขอ", "approves"),
        ("ตามที่รัฐมนตรีว่าการกระทรวงมหาดไทยได้ให้ความเห็นชอบตามขั้นตอนแล้ว", "approves"),
        ("กระทรวงแรงงานขอ ครม. ไฟเขียวให้แรงงานต่างด้าวอยู่ต่อ", "approves"),
        ("เสนอคณะรัฐมนตรีเพื่อพิจารณาให้ความเห็นชอบร่างพระราชบัญญัติยาเสพติด", "approves"),
    ],
)
def test_no_works(sentence: str, relation: str) -> None:
    """A loan is no budget, what is proposed is not approved, and who oversees a body is no part of it."""
    assert relation not in {name for name, *_ in read_sentence(sentence)}
