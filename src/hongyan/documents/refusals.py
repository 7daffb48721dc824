"""Why a file, or one row of it, is not taken: a value with a sentence that says what to do next."""

from enum import StrEnum

from hongyan import refusals


class Why(StrEnum):
    """Every reason for which a whole file is refused."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_A_SHEET = "not_a_sheet"
    WEB_PAGE = "web_page"
    OLD_BINARY = "old_binary"
    MACROS = "macros"
    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"
    SWELLS = "swells"
    OVERWHELMING = "overwhelming"
    BUSY = "busy"
    ENCODING = "encoding"
    QUOTES = "quotes"
    NO_ROWS = "no_rows"
    TOO_MANY_ROWS = "too_many_rows"
    FAR_TOO_MANY_ROWS = "far_too_many_rows"
    TOO_MANY_COLUMNS = "too_many_columns"
    NOT_A_PHOTO = "not_a_photo"
    PHONE_FORMAT = "phone_format"
    TWO_FACED = "two_faced"
    PHOTO_TOO_LARGE = "photo_too_large"
    PHOTO_TOO_MUCH = "photo_too_much"
    TOO_SMALL = "too_small"
    TOO_MANY_PIXELS = "too_many_pixels"


SENTENCES = {
    Why.EMPTY: "这个文件是空的，请重新选择。",
    Why.TOO_LARGE: "文件有 {size} MB，最多 {limit} MB。请删去图片和用不到的工作表，或分成几个文件。",
    Why.NOT_A_SHEET: "这不是表格文件。请选择 Excel 或 WPS 表格（.xlsx、.xls、.ods）或 CSV 文件。",
    Why.WEB_PAGE: "这个文件其实是网页。请用 Excel 或 WPS 打开，另存为 .xlsx 再上传。",
    Why.OLD_BINARY: "这种格式不能读取。请用 Excel 或 WPS 打开，另存为 .xlsx 再上传。",
    Why.MACROS: "文件里带有宏，为安全起见不读取。请另存为不带宏的 .xlsx 再上传。",
    Why.ENCRYPTED: "文件设了打开密码。请在 Excel 或 WPS 里取消密码，保存后再上传。",
    Why.DAMAGED: "文件已损坏或不完整，读不出来。请用 Excel 或 WPS 打开，另存为新的 .xlsx 再上传。",
    Why.SWELLS: "文件展开后大得不正常，没有读取。请只把需要的行复制到新的表格里再上传。",
    Why.OVERWHELMING: "读取这个文件用了太多时间或内存，已经停止。请只把需要的行复制到新的表格里再上传。",
    Why.BUSY: "正在读取别人的文件，请一分钟后再试。",
    Why.ENCODING: "认不出这个文本文件的编码。请用 Excel 或 WPS 打开，另存为 .xlsx 再上传。",
    Why.QUOTES: "第 {row} 行起引号没有成对，后面的行分不清。请改正引号，或另存为 .xlsx 再上传。",
    Why.NO_ROWS: "没有找到内容。请确认表格的第一张可见工作表里有表头和人员。",
    Why.TOO_MANY_ROWS: "一次最多 {limit} 行，文件里有 {rows} 行。请分成几个文件。",
    Why.FAR_TOO_MANY_ROWS: "一次最多 {limit} 行，文件里远远不止。请只把需要的行复制到新的表格里再上传。",
    Why.TOO_MANY_COLUMNS: "表格有 {columns} 列，最多 {limit} 列。请删去用不到的列。",
    Why.NOT_A_PHOTO: "这不是可用的照片。请选择 JPG、PNG 或 WebP 格式的照片。",
    Why.PHONE_FORMAT: "这种手机照片格式（HEIC）不能直接使用。请在手机里导出为 JPG，或截图后再上传。",
    Why.TWO_FACED: "照片文件里夹带了其他内容，为安全起见不使用。请重新拍摄，或截图后再上传。",
    Why.PHOTO_TOO_LARGE: "照片有 {size} MB，最多 {limit} MB。请在手机里缩小，或截图后再上传。",
    Why.PHOTO_TOO_MUCH: "处理这张照片用了太多时间或内存，已经停止。请截图后再上传。",
    Why.TOO_SMALL: "照片太小（{width}×{height}），看不清。长边至少 {least} 像素，请换一张。",
    Why.TOO_MANY_PIXELS: "照片的像素太多，最多 {limit} 万像素。请在手机里缩小后再上传。",
}


class Flaw(StrEnum):
    """Every reason for which one cell, and with it its row, cannot be taken as it stands."""

    DIGITS_LOST = "digits_lost"
    NO_RESULT = "no_result"
    TOO_LONG = "too_long"
    BEYOND = "beyond"


FLAW_SENTENCES = {
    Flaw.DIGITS_LOST: "是数字格式，后几位已经丢失。请把这一列设为文本，重新填写号码。",
    Flaw.NO_RESULT: "这一格的公式没有结果。请改成实际内容。",
    Flaw.TOO_LONG: "这一格的字太多。请缩短到 500 字以内。",
    Flaw.BEYOND: "这一行比表头多出几格。请检查是否多了分隔符。",
}


Refusal = refusals.Refusal


def refuse(why: Why, **facts: object) -> Refusal:
    """Make a refusal."""
    return refusals.refusal_of(SENTENCES, why, facts)
