"""Events and talks as real releases tell of them: each sentence needs one thing that the rules know."""

from __future__ import annotations

import pytest
from test_extract import read_sentence

RUBBER = "การประชุมคณะกรรมการนโยบายยางธรรมชาติ (กนย.) ครั้งที่ 1/2561"


@pytest.mark.parametrize(
    ("sentence", "fact"),
    [
        pytest.param(
            "การประชุมรัฐมนตรีการค้าเอเปค ซึ่งสหรัฐฯ เป็นเจ้าภาพระหว่างวันที่ 25-26 พฤษภาคม ที่ผ่านมา จัดขึ้น ณ เมืองดีทรอยต์",
            ("held_at", "การประชุมรัฐมนตรีการค้าเอเปค", "เมืองดีทรอยต์", "actual"),
            id="between the event and its venue stand dates",
        ),
        pytest.param(
            f"นายกฤษฎา บุญราช รัฐมนตรีว่าการกระทรวงเกษตรและสหกรณ์ เป็นประธาน{RUBBER}",
            ("chairs", "กฤษฎา บุญราช", RUBBER, "actual"),
            id="a name goes on behind a bracket",
        ),
        pytest.param(
            "การประชุมคณะอนุกรรมการด้านการประเมินชุมชน ณ ห้องประชุมกรมการศาสนา ชั้น 2 กระทรวงวัฒนธรรม",
            (
                "held_at",
                "การประชุมคณะอนุกรรมการด้านการประเมินชุมชน",
                "ห้องประชุมกรมการศาสนา ชั้น 2 กระทรวงวัฒนธรรม",
                "actual",
            ),
            id="a floor is part of the house it is in",
        ),
        pytest.param(
            "นายเศรษฐเกียรติ กระจ่างวงษ์ รองปลัดกระทรวงเกษตรและสหกรณ์ ได้รับมอบหมายจากปลัดกระทรวงเกษตรและสหกรณ์"
            f" เป็นประธาน{RUBBER}",
            ("chairs", "เศรษฐเกียรติ กระจ่างวงษ์", RUBBER, "actual"),
            id="who was asked to chair does, not who asked",
        ),
        pytest.param(
            f"นายกฤษฎา บุญราช เป็นประธาน{RUBBER} โดยมีนายสุเทพ ชิตยวงษ์ เลขานุการรัฐมนตรีว่าการกระทรวงแรงงาน"
            " และหน่วยงานที่เกี่ยวข้องร่วมประชุม",
            ("attends", "สุเทพ ชิตยวงษ์", RUBBER, "actual"),
            id="the meeting is the one told of before",
        ),
        pytest.param(
            "นางสาววิบูลย์ลักษณ์ ร่วมรักษ์ อธิบดีกรมการค้าภายใน ลงพื้นที่จังหวัดชลบุรี",
            ("visits", "วิบูลย์ลักษณ์ ร่วมรักษ์", "จังหวัดชลบุรี", "actual"),
            id="a surname that begins like a verb",
        ),
        pytest.param(
            "วันนี้ (6 มกราคม 2565) ที่โรงพยาบาลสนามเลิดสิน กรุงเทพมหานคร นายอนุทิน ชาญวีรกูล รองนายกรัฐมนตรี"
            " ติดตามความพร้อมของโรงพยาบาลสนาม",
            ("visits", "อนุทิน ชาญวีรกูล", "โรงพยาบาลสนามเลิดสิน", "actual"),
            id="who inspects is where he stands",
        ),
        pytest.param(
            "นายสมศักดิ์ เทพสุทิน ลงพื้นที่ โดยได้รับเกียรติจาก นายเจษฎา จิตรัตน์ รองผู้ว่าราชการจังหวัดยะลา"
            " พร้อมหน่วยงานในสังกัดกระทรวงดิจิทัลฯ ให้การต้อนรับ",
            ("meets", "สมศักดิ์ เทพสุทิน", "เจษฎา จิตรัตน์", "actual"),
            id="who is welcomed meets the host",
        ),
        pytest.param(
            "กระทรวงสาธารณสุข ลงนามบันทึกข้อตกลงร่วมกับ กรมวิชาการเกษตร",
            ("cooperates_with", "กระทรวงสาธารณสุข", "กรมวิชาการเกษตร", "actual"),
            id="who signs with another works with it",
        ),
        pytest.param(
            "ไทยและเมียนมาหารือแผนปฏิบัติการฉบับใหม่ ซึ่งจะช่วยยกระดับความร่วมมือของสองประเทศ",
            ("cooperates_with", "ไทย", "เมียนมา", "actual"),
            id="the two countries are those named",
        ),
        pytest.param(
            "กระทรวงวัฒนธรรมร่วมกับสถานทูต 5 ประเทศ ประกอบด้วย ออสเตรเลีย เช็ก ฟินแลนด์ มาลี เปรู",
            ("cooperates_with", "กระทรวงวัฒนธรรม", "เช็ก", "actual"),
            id="a word that is a country in a list of countries",
        ),
        pytest.param(
            "นายกฤษฎา บุญราช เป็นประธานพิธีเปิดการประชุมเชิงปฏิบัติการ มีผู้เข้าร่วมประชุม ประกอบด้วย กรมประมง",
            ("attends", "กรมประมง", "การประชุมเชิงปฏิบัติการ", "actual"),
            id="who takes part does in what was opened",
        ),
        pytest.param(
            "นายสมชาย ใจดี ประธานสภาธุรกิจไทย-ลาว หัวหน้าคณะ นำคณะนักธุรกิจ เข้าเยี่ยมคารวะ พลเอก ประยุทธ์ จันทร์โอชา",
            ("meets", "สมชาย ใจดี", "ประยุทธ์ จันทร์โอชา", "actual"),
            id="who leads a delegation meets",
        ),
        pytest.param(
            "กระทรวงการคลังร่วมกับกรุงเทพมหานครในการจัดระเบียบทางเท้า",
            ("cooperates_with", "กระทรวงการคลัง", "กรุงเทพมหานคร", "actual"),
            id="a province that acts is its authority",
        ),
        pytest.param(
            "นายสมชาย ใจดี พร้อมนายสมศักดิ์ เทพสุทิน หารือกับ นายเจษฎา จิตรัตน์",
            ("meets", "สมชาย ใจดี", "เจษฎา จิตรัตน์", "actual"),
            id="who comes with another is not left out",
        ),
        pytest.param(
            "นายสมชาย ใจดี เข้าร่วม นายสมชาย กล่าวต่อว่า นายกรัฐมนตรี ห่วงใยประชาชน",
            ("says", "สมชาย ใจดี", "นายกรัฐมนตรี ห่", "actual"),
            id="what is said is no surname, although a post follows",
        ),
        pytest.param(
            "นายสมชาย ใจดี ผู้อำนวยการศูนย์ประชาสัมพันธ์ การรถไฟแห่งประเทศไทย (รฟท.) กระทรวงคมนาคม "
            "เปิดเผยว่า ประชาชนพอใจในมาตรการ",
            ("says", "สมชาย ใจดี", "ประชาชนพอใจในมา", "actual"),
            id="the speaker is who works there, not the ministry",
        ),
        pytest.param(
            "นายสมชาย ใจดี เป็นประธานในพิธียกเสาเอก “บ้านมั่นคงชุมชนสุขใจ” ณ จังหวัดน่าน",
            ("chairs", "สมชาย ใจดี", "พิธียกเสาเอก “บ้านมั่นคงชุมชนสุขใจ”", "actual"),
            id="a ceremony whose name begins with a verb",
        ),
        pytest.param(
            "นายสมชาย ใจดี พร้อมด้วย นางอังคณา ใจดี เป็นประธานในพิธีบวงสรวง พิธีวางพวงมาลา และพิธีทำบุญตักบาตร",
            ("chairs", "สมชาย ใจดี", "พิธีทำบุญตักบาตร", "actual"),
            id="who chairs one ceremony chairs those that follow",
        ),
        pytest.param(
            "สมเด็จอัคคมหาเสนาบดีเดโช ฮุน เซน เข้าเยี่ยมคำนับ พลเอก ประวิตร วงษ์สุวรรณ",
            ("meets", "ฮุน เซน", "ประวิตร วงษ์สุวรรณ", "actual"),
            id="a call upon a soldier",
        ),
        pytest.param(
            "นายสมชาย ใจดี โฆษกประจำสำนักนายกรัฐมนตรี สรุปสาระสำคัญ ดังนี้\nนายกรัฐมนตรียินดีกับความร่วมมือของทั้งสองประเทศ",
            ("says", "สมชาย ใจดี", "นายกรัฐมนตรียิน", "actual"),
            id="what is summed up stands in the next paragraph",
        ),
        pytest.param(
            "นายสมชาย ใจดี รัฐมนตรีว่าการกระทรวงแรงงาน เป็นประธานการประชุม พร้อมทั้งเยี่ยมชมนิทรรศการแรงงานไทย",
            ("attends", "สมชาย ใจดี", "นิทรรศการแรงงานไทย", "actual"),
            id="who presides looks at an exhibition too",
        ),
        pytest.param(
            "นายสมชาย ใจดี ปลัดกระทรวงมหาดไทย ตรวจเยี่ยมตำบลป่าสัก โดย นายวิชัย รักดี นายกเทศมนตรีตำบลป่าสัก ให้การต้อนรับ",
            ("meets", "สมชาย ใจดี", "วิชัย รักดี", "actual"),
            id="who welcomes the visitor is named behind the place",
        ),
        pytest.param(
            "วันนี้ (6 กุมภาพันธ์ 2567) กรมการแพทย์ได้จัดการประชุมวิชาการประจำปี",
            ("held_on", "การประชุมวิชาการประจำปี", "2024-02-06", "actual"),
            id="the host stands between the day and the event",
        ),
        pytest.param(
            "นายสมชาย ใจดี เป็นประธานการประชุมวิชาการแพทย์\nเมื่อวันที่ 4 พฤษภาคม 2560 ณ โรงแรมรามา กรุงเทพมหานคร",
            ("held_at", "การประชุมวิชาการแพทย์", "โรงแรมรามา", "actual"),
            id="a line of its own tells day and place of what was told before",
        ),
        pytest.param(
            "นายสมชาย ใจดี ลงพื้นที่ตรวจเยี่ยมประชาชนในพื้นที่จังหวัดน่าน โดยมี นายวิชัย รักดี อธิบดีกรมการปกครอง ร่วมคณะ",
            ("visits", "วิชัย รักดี", "จังหวัดน่าน", "actual"),
            id="who goes along visits the same place",
        ),
    ],
)
def test_a_sentence_states_a_fact(sentence: str, fact: tuple[str, str, str, str]) -> None:
    """Relation, subject, object and status, names in full."""
    assert fact in read_sentence(sentence)


@pytest.mark.parametrize(
    ("sentence", "relation"),
    [
        ("สถานเอกอัครราชทูตขอเชิญนายกรัฐมนตรีเข้าร่วมการประชุม ASEAN-Japan Summit", "attends"),
        ("ก่อนการประชุมคณะรัฐมนตรี เมื่อวันที่ 14 มกราคม 2562 ได้เยี่ยมชมโรงเรียน", "held_on"),
        ("งานมหกรรมพืชสวนโลก 2569 ที่ประเทศไทยจะเป็นเจ้าภาพ", "held_at"),
        ("วันนี้ (3 มีนาคม 2566) ที่โรงแรมรามา นายสมชาย ใจดี มอบแนวทางแก่ผู้ตรวจราชการ", "visits"),
        ("นายสมชาย ใจดี เป็นประธานการประชุมวิชาการ ซึ่งสรุปสาระสำคัญดังนี้\nที่ประชุมรับทราบรายงานประจำปี", "says"),
        ("พิธีเปิดนิทรรศการแรงงานไทย พร้อมด้วยนายสมชาย ใจดี นำคณะรายการ “ร่วมใจพี่น้องไทย”", "attends"),
    ],
)
def test_a_sentence_does_not_state_it(sentence: str, relation: str) -> None:
    """What only looks like the relation."""
    assert not [fact for fact in read_sentence(sentence) if fact[0] == relation]
