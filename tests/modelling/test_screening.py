"""Only organisations are rated: tables of people and refused columns never reach a fit.

The column names of two public sets about people (UCI 144 and 350) and of two about companies (UCI
365 and 572) stand here as facts; the values are made up.
"""

from collections.abc import Callable

import numpy as np
import pytest

from tallystick.kernel.errors import TallyError
from tallystick.kernel.identifiers import make_uscc
from tallystick.modelling.naming import trait_of
from tallystick.modelling.screening import require_organisations, screen
from tallystick.modelling.tables import MemoryTable, from_arrays

ROWS = 40
GERMAN = (
    "status_of_existing_checking_account duration_in_month credit_history purpose credit_amount "
    "savings_account_and_bonds present_employment_since "
    "installment_rate_in_percentage_of_disposable_income personal_status_and_sex "
    "other_debtors_or_guarantors present_residence_since property age_in_years "
    "other_installment_plans housing number_of_existing_credits_at_this_bank job "
    "number_of_people_being_liable_to_provide_maintenance_for telephone foreign_worker"
)
UCI_CARD = (
    "CREDIT_LIMIT SEX EDUCATION MARITALSTATUS AGE PAYMENTDELAY_1 PAYMENTDELAY_2 PAYMENTDELAY_3 "
    "PAYMENTDELAY_4 PAYMENTDELAY_5 PAYMENTDELAY_6 BILL_AMT1 BILL_AMT2 PAID_AMT1 PAID_AMT2"
)
TAIWAN = (
    "ROA(C) before interest and depreciation before interest|Operating Gross Margin|Tax rate (A)|"
    "Research and development expense rate|Revenue Per Share (Yuan ¥)|Quick Ratio|"
    "Contingent liabilities/Net worth|Accounts Receivable Turnover|Average Collection Days|"
    "Revenue per person|Operating profit per person|Allocation rate per person|Cash/Total Assets|"
    "Total income/Total expense|Liability-Assets Flag|No-credit Interval|Net Income Flag|"
    "Net Income to Stockholder's Equity|Degree of Financial Leverage (DFL)|Equity to Liability"
)


def table(*names: str) -> MemoryTable:
    return from_arrays({name: np.arange(ROWS) / 7 for name in names})


def texts(name: str, values: list[str]) -> MemoryTable:
    return from_arrays({name: np.array(values)})


def code_of(action: Callable[[], None]) -> TallyError:
    with pytest.raises(TallyError) as refused:
        action()
    return refused.value


@pytest.mark.parametrize("names", [GERMAN, UCI_CARD, UCI_CARD.lower()])
def test_tables_of_people_are_refused_as_such(names: str) -> None:
    error = code_of(lambda: require_organisations(table(*names.split())))
    assert error.code == "table_about_people"
    assert "age" in error.text.en.lower()
    assert "征信业管理条例" in error.reason.rule


@pytest.mark.parametrize("names", [[f"Attr{at}" for at in range(1, 65)], TAIWAN.split("|")])
def test_tables_of_companies_pass(names: list[str]) -> None:
    require_organisations(table(*names))


@pytest.mark.parametrize(
    ("name", "trait"),
    [(name, "sex") for name in ("SEX", "gender", "customerGender", "性别", "xing_bie", "客户性别")]
    + [(name, "age") for name in ("AGE", "CustomerAge", "CUSTOMERAGE", "age_in_years", "avg_age")]
    + [(name, "age") for name in ("年龄", "法定代表人年龄", "nianling", "age of the borrower")]
    + [(name, "marital") for name in ("MARITALSTATUS", "marital_status", "婚姻状况", "hunyin")]
    + [
        (name, "education")
        for name in ("EDUCATION", "educationLevel", "学历", "最高学历", "文化程度")
    ]
    + [(name, "housing") for name in ("housing", "home_ownership", "present_residence_since")]
    + [(name, "occupation") for name in ("job", "JobTitle", "occupation", "emp_length", "职业")]
    + [(name, "nationality") for name in ("foreign_worker", "nationality", "race", "民族", "國籍")]
    + [(name, "family") for name in ("dependents", "NumberOfDependents", "children", "子女数")]
    + [(name, "identity_number") for name in ("身份证号", "ssn", "passport_no", "id_card")]
    + [(name, "contact") for name in ("手机号", "telephone", "mobile_phone", "email", "shouji")]
    + [(name, "birth") for name in ("birth_date", "dateOfBirth", "出生日期", "dob")]
    + [(name, "name") for name in ("surname", "first_name", "姓名", "customer_surname")],
)
def test_a_column_of_a_person_is_recognised(name: str, trait: str) -> None:
    found = trait_of(name)
    assert found is not None
    assert found.code == trait


@pytest.mark.parametrize(
    "name",
    [
        *("average age of receivables", "company_age", "firmAge", "age_of_oldest_account"),
        *(
            "员工学历结构",
            "企业年龄",
            "账龄",
            "应收账款账龄",
            "职工教育经费",
            "员工人数",
            "应付职工薪酬",
        ),
        *("legal representative changes", "法定代表人变更次数", "股东人数", "shareholder count"),
        *("average age of employees", "education sector revenue", "housing loans", "job creation"),
        *("foreign_worker_share", "nationality of parent company", "storage", "mileage", "usage"),
        *("mobile phone sales", "children clothing revenue", "family business", "wages payable"),
        *(
            "employees",
            "leverage",
            "owner's equity",
            "注册地址",
            "成立日期",
            "行业",
            "manager turnover",
        ),
    ],
)
def test_what_only_sounds_like_a_person_passes(name: str) -> None:
    assert trait_of(name) is None
    require_organisations(table(name))


def test_a_label_of_the_data_dictionary_gives_a_column_away() -> None:
    bare = table("X1", "X2", "X3")
    require_organisations(bare)
    error = code_of(lambda: require_organisations(bare, {"X2": "sex of the client", "X3": "Age"}))
    assert error.code == "table_about_people"
    assert "by its label" in error.text.en


def test_a_refused_class_is_refused_by_the_list_itself() -> None:
    error = code_of(lambda: require_organisations(table("roa", "religion", "browsing_history")))
    assert error.code == "refused_columns"
    assert "religion" in error.text.en
    assert "roa" not in error.text.en
    assert "company_age" in error.remedy.en


@pytest.mark.parametrize("words", ["male female", "男 女", "已婚 未婚", "married single divorced"])
def test_values_give_a_column_away_whatever_its_name(words: str) -> None:
    values = (words.split() * ROWS)[:ROWS]
    assert code_of(lambda: require_organisations(texts("X5", values))).code == "refused_columns"


def resident_id(at: int) -> str:
    body = f"11000019000101{at:03d}"  # of nobody: the district has no such number
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return body + "10X98765432"[total % 11]


def test_numbers_of_people_in_values_are_recognised_and_never_repeated() -> None:
    ids = [resident_id(at) for at in range(ROWS)]
    mobiles = [f"1390000{at:04d}" for at in range(ROWS)]
    for values, trait in ((ids, "identity_number"), (mobiles, "contact")):
        (found,) = screen(texts("X5", values))
        assert found.trait == trait
        assert values[0] not in found.text.en + found.text.zh
    assert screen(from_arrays({"X5": np.array(mobiles, float)}))[0].trait == "contact"
    as_numbers = np.array([float(f"110101198{at % 10}0101{at:04d}") for at in range(ROWS)])
    assert screen(from_arrays({"X6": as_numbers}))[0].trait == "identity_number"


def test_codes_of_organisations_are_no_numbers_of_people() -> None:
    codes = [make_uscc("91310110", at) for at in range(ROWS)]
    assert not screen(texts("code", codes))


def test_a_table_with_codes_of_organisations_loses_columns_but_is_no_table_of_people() -> None:
    columns = {
        "uscc": np.array([make_uscc("91310110", at) for at in range(ROWS)]),
        "法定代表人年龄": np.arange(ROWS),
        "法定代表人学历": np.arange(ROWS),
    }
    error = code_of(lambda: require_organisations(from_arrays(columns)))
    assert error.code == "refused_columns"


def test_a_postal_code_is_refused_only_where_it_is_fine() -> None:
    coarse, fine = np.arange(400) % 3 + 100, np.arange(400) + 100_000
    assert not screen(from_arrays({"postcode": coarse}))
    assert screen(from_arrays({"postcode": fine}))[0].trait == "fine_location"
    assert screen(from_arrays({"邮政编码": fine}))[0].refused.code == "location_and_travel"


def test_a_heading_that_looks_like_data_is_not_repeated() -> None:
    name = "姓名 13900001234"
    (found,) = screen(table(name))
    assert "13900001234" not in found.text.en
    assert "column 1" in found.text.en


def test_names_of_people_in_values_are_recognised_and_places_are_not() -> None:
    people = [f"王{chr(0x4E00 + at)}{chr(0x5E00 + at)}" for at in range(ROWS)]
    assert screen(texts("X9", people))[0].trait == "name"
    places = ["上海", "江苏", "北京", "浙江"] * 10
    assert not screen(texts("X9", places))


@pytest.mark.parametrize(
    "name",
    [
        "Sexo",
        "Geschlecht",
        "is_male",
        "DAYS_BIRTH",
        "CNT_CHILDREN",
        "cust_age",
        "boss_age",
        "legal_rep_age",
        "年齢",
        "生肖",
        "hukou",
        "Familienstand",
    ],
)
def test_traits_under_names_of_other_files_and_languages_are_refused(name: str) -> None:
    assert screen(from_arrays({name: np.arange(9.0)}))


@pytest.mark.parametrize(
    "values",
    [
        ["男", "女", "未知", "不详", "其他"],
        ["先生", "女士"],
        ["hombre", "mujer"],
        ["汉族", "回族", "满族"],
        ["城镇户口", "农村户口"],
        ["ledig", "verheiratet"],
    ],
)
def test_values_of_people_are_refused_under_any_name(values: list[str]) -> None:
    assert screen(from_arrays({"x7": np.array(values * 9)}))


@pytest.mark.parametrize(
    ("name", "trait"),
    [
        ("АGE", "age"),  # with a capital of another alphabet
        ("ЕDUCATION", "education"),
        ("(age)", "age"),
        ("[学历]", "education"),
        ("yrs_old", "age"),
        ("gndr", "sex"),
        ("female", "sex"),
        ("MAR_STATUS", "marital"),
        ("educ", "education"),
    ],
)
def test_a_name_that_was_changed_a_little_is_still_recognised(name: str, trait: str) -> None:
    found = trait_of(name)
    assert found is not None
    assert found.code == trait


@pytest.mark.parametrize(
    "name",
    [
        "share_of_female_staff",
        "company years old",
        "male connectors sales",
        "(万元)",
        "sales (age)",
    ],
)
def test_the_words_of_persons_inside_names_of_other_things_pass(name: str) -> None:
    assert trait_of(name) is None


def test_values_that_hold_the_words_of_people_among_others_give_the_table_away() -> None:
    sex = ["female : divorced", "male : single", "male : married"] * 10
    job = ["unskilled - resident", "unemployed", "management/ self-employed", "official"] * 10
    with pytest.raises(TallyError) as refused:
        require_organisations(from_arrays({"A9": sex, "A17": job[:30]}))
    assert refused.value.code == "table_about_people"


@pytest.mark.parametrize(
    "values",
    [
        ["single product", "separated products", "other"],
        ["retired", "active", "in service"],
        ["student dormitory", "office"],
    ],
)
def test_values_about_things_that_share_such_words_pass(values: list[str]) -> None:
    assert screen(from_arrays({"x": values * 10})) == ()
