"""Small corpora of made-up releases, every one of which says something, and no two the same."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

_BODIES = (
    "นาย{person} รัฐมนตรีว่าการกระทรวง{ministry} เป็นประธานเปิดการประชุมคณะกรรมการ{board} "
    "ครั้งที่ {edition}/25{number} ณ โรงแรมเซ็นทรา จังหวัด{place}",
    "กระทรวง{ministry} ร่วมกับ มหาวิทยาลัยธรรมศาสตร์ จัดการสัมมนา{board} ครั้งที่ {number} รุ่น {edition} ณ จังหวัด{place}",
    "นาย{person} ปลัดกระทรวง{ministry} กล่าวว่า กระทรวง{ministry}จะร่วมมือกับประเทศ{country} "
    "รุ่นที่ {number} เป็นเวลา {edition} ปี",
    "กรมการค้าภายใน สังกัดกระทรวงพาณิชย์ จะจัดโครงการ{board} จำนวน {number} ครั้ง งบประมาณ {edition} ล้านบาท",
)
_WORDS = {
    "person": ("สมชาย ใจดี", "วิชัย รักไทย", "ธนา แสงทอง", "ประยูร สุขเกษม", "อนันต์ ศรีสวัสดิ์"),
    "ministry": ("คมนาคม", "การคลัง", "พาณิชย์", "สาธารณสุข", "ศึกษาธิการ", "แรงงาน", "มหาดไทย"),
    "board": ("พัฒนาระบบราง", "ส่งเสริมการส่งออก", "ฟื้นฟูเศรษฐกิจ"),
    "place": ("เชียงใหม่", "ขอนแก่น", "ภูเก็ต", "สงขลา", "ระยอง"),
    "country": ("ญี่ปุ่น", "เวียดนาม", "ฝรั่งเศส", "แคนาดา"),
}


def url(number: int) -> str:
    """The address of a release."""
    return f"https://www.thaigov.go.th/news/contents/details/{number}"


def body(number: int, edition: int = 1) -> str:
    """What release ``number`` says; another ``edition`` of it says something else."""
    words = {name: these[(number + 2 * edition) % len(these)] for name, these in _WORDS.items()}
    return _BODIES[number % len(_BODIES)].format(number=number, edition=edition, **words)


def release(number: int, edition: int = 1) -> str:
    """The text of release ``number``, from its header to its address."""
    title = f"ข่าวที่ {number} ของกระทรวง"
    day = f"วันอังคารที่ {1 + number % 28} กุมภาพันธ์ 2567"
    return (
        f"รัฐบาลไทย-ข่าวทำเนียบรัฐบาล-{title}\n\n{day}\n{title}\n{body(number, edition)}\n\nที่มา : {url(number)}"
    )


def folder(path: Path, numbers: Iterable[int], edition: int = 1) -> Path:
    """A folder with a file for each of ``numbers``; those that it has are written over."""
    path.mkdir(exist_ok=True)
    for number in numbers:
        (path / f"{number:05}.txt").write_text(release(number, edition), encoding="utf-8")
    return path
