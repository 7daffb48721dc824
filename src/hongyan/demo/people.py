"""Who are the invented people: names nobody famous bears, numbers nobody can have?

Synthetic by construction: given names are put together from two tables of literary words, telephone numbers start
with 100 (no network has them), and the last digit of every ID number is not the one its checksum asks for.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from hongyan.members.models import Category, Sex

SURNAMES = (
    "赵钱孙周吴郑冯褚卫沈韩秦尤许何吕施孔曹严华金陶姜戚谢邹喻柏水窦章潘葛范彭郎鲁韦昌苗方俞任袁柳"
    "史唐费廉岑薛雷贺倪汤殷罗毕郝安常乐于傅齐康伍余元孟平黄穆萧尹"
)
# No letter of the tables stands in a name of the source article.
FIRST = "望若知景致清怀以承思予其允书砚听星沐牧原野禾麦岭川陇渭泾洮言映远初淮松亦乔"
SECOND = "舟岑衡湛泊桥槐岳屿壑澄沅溪澜岚笙棠黎竹榆杉桐樵畴陌垣阡穗麓漠峪泓川禾石朴耕稔籽"
CHECKS = "10X98765432"
CHECK_WEIGHTS = tuple((1 << (17 - place)) % 11 for place in range(17))
EDUCATIONS = ("初中", "高中", "中专", "大专", "大学本科", "研究生")
OCCUPATIONS = ("农民", "农民工", "个体工商户", "企业职工", "高校毕业生", "退役军人", "司机", "建筑工人")
# Added up, as `choices` wants them.
AGES, AGE_WEIGHTS = (22, 27, 34, 42, 50, 58, 66), (14, 38, 62, 79, 91, 97, 100)
EDUCATION_WEIGHTS = (24, 50, 62, 82, 98, 100)
OCCUPATION_WEIGHTS = (30, 56, 66, 78, 86, 91, 96, 100)


@dataclass(frozen=True, slots=True)
class Person:
    """One invented person, before he is sealed."""

    uid: str
    name: str
    sex: Sex
    ethnicity: str
    birth_on: date
    joined_on: date
    education: str
    occupation: str
    category: Category
    phone: str
    id_number: str
    is_exempt: bool


def invented_name(random: Random) -> str:
    """Put a name together."""
    first, second = random.choice(FIRST), random.choice(SECOND)
    return random.choice(SURNAMES) + (second if random.random() < 0.12 else first + second)


def phone_number(serial: int) -> str:
    """Make the number of a telephone that rings nowhere; serial < 10⁸."""
    # 7,654,321 and 10⁸ have no common divisor: every serial has its own number.
    return f"100{serial * 7_654_321 % 100_000_000:08d}"


def office_phone(serial: int) -> str:
    """Make the number of an office: no exchange in China starts with 100."""
    return f"0931-100{serial % 10_000:04d}"


def broken_id_number(division: str, birth_on: date, serial: int) -> str:
    """Make an ID number whose checksum is wrong; serial (< 1000) keeps those of one day and county apart."""
    body = f"{division[:6]:0<6}{birth_on:%Y%m%d}{serial:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, CHECK_WEIGHTS, strict=True))
    return body + CHECKS[(total + 4) % 11]


def checks(id_number: str) -> bool:
    """Tell whether an ID number's checksum is right."""
    total = sum(int(digit) * weight for digit, weight in zip(id_number[:17], CHECK_WEIGHTS, strict=True))
    return CHECKS[total % 11] == id_number[17]


class Registry:
    """Hands out invented people; the same seed gives the same ones."""

    def __init__(self, random: Random, today: date) -> None:
        self._random = random
        self._today = today
        self._serial = 0
        self._numbers: set[str] = set()

    def _id_number(self, division: str, birth_on: date) -> str:
        while True:
            number = broken_id_number(division, birth_on, self._random.randrange(1000))
            if number not in self._numbers:
                self._numbers.add(number)
                return number

    def person(self, division: str, name: str = "") -> Person:
        """Invent one member whose home lies in this division."""
        random = self._random
        self._serial += 1
        age = random.choices(AGES, cum_weights=AGE_WEIGHTS)[0] + int(random.random() * 6)
        birth_on = self._today - timedelta(days=age * 365 + random.randrange(365))
        joined_on = birth_on + timedelta(days=int(365.25 * (19 + random.random() * max(1, age - 20) * 0.6)))
        recent = (self._today - joined_on).days < 365
        return Person(
            uid=f"{random.getrandbits(128):032x}",
            name=name or invented_name(random),
            sex=Sex.MALE if random.random() < 0.68 else Sex.FEMALE,
            ethnicity=_ethnicity(division, random),
            birth_on=birth_on,
            joined_on=min(joined_on, self._today - timedelta(days=30)),
            education=random.choices(EDUCATIONS, cum_weights=EDUCATION_WEIGHTS)[0],
            occupation=random.choices(OCCUPATIONS, cum_weights=OCCUPATION_WEIGHTS)[0],
            category=Category.PROBATIONARY if recent else Category.FULL,
            phone=phone_number(self._serial),
            id_number=self._id_number(division, birth_on),
            is_exempt=age > 66,
        )


def _ethnicity(division: str, random: Random) -> str:
    if division.startswith("6229"):
        return random.choices(("汉族", "回族", "东乡族"), (5, 3, 2))[0]
    if division.startswith("6230"):
        return random.choices(("藏族", "汉族", "回族"), (6, 3, 1))[0]
    return "汉族" if random.random() < 0.96 else "回族"
