"""What goes wrong, in a sentence a user can act on.

Owns how refusals, faults of the system and faults of our own are said, on the screen and as JSON.
Rules: never a traceback, never the text of an unexpected exception (it may hold what a file said);
code, rule and remedy always go with the sentence.
"""

from __future__ import annotations

import errno
import os
from typing import Any, NamedTuple

from tallystick.cli.cells import width, wrap
from tallystick.cli.parsing import WRONG_USAGE, WrongUsageError
from tallystick.cli.screen import Screen, painted, shows_colours
from tallystick.kernel.errors import Reason, TallyError
from tallystick.kernel.texts import Text

DONE, REFUSED, WRONG = 0, 1, 2
INTERRUPTED = 130  # as shells say it: 128 and the number of the signal
PIPE_CLOSED = 141

_SAID = Text("未完成", "Not done")
_CODE = Text("代码", "code")
_RULE = Text("依据", "rule")
_REMEDY = Text("怎么办", "what to do")
STOPPED = Text("已中断；已确认的都已保存。", "Stopped; everything acknowledged is kept.")

NO_SUCH_FILE = Reason(
    "no_such_file",
    Text("没有文件 {path}", "there is no file {path}"),
    "",
    Text("请核对路径。", "Check the path."),
)
NOT_ALLOWED = Reason(
    "not_allowed",
    Text("无权访问 {path}", "no right to use {path}"),
    "",
    Text("请检查文件和文件夹的权限。", "Check the rights of the file and its folder."),
)
DISK_FULL = Reason(
    "disk_full",
    Text("磁盘已满，写不下 {path}", "the disk is full: {path} could not be written"),
    "",
    Text(
        "请腾出空间后重来；已确认的都已保存。",
        "Make room and repeat; everything acknowledged is kept.",
    ),
)
READ_ONLY = Reason(
    "read_only",
    Text("{path} 所在的磁盘是只读的", "{path} is on a read-only disk"),
    "",
    Text("请换一个位置。", "Choose another place."),
)
A_FOLDER = Reason(
    "a_folder",
    Text("{path} 是文件夹，不是文件", "{path} is a folder and not a file"),
    "",
    Text("请给出文件。", "Name a file."),
)
NOT_A_FILE = Reason(
    "not_a_file",
    Text("{path} 是管道或设备，不是文件", "{path} is a pipe or a device and not a file"),
    "",
    Text("请先存为文件。", "Save it as a file first."),
)
NOT_A_FOLDER = Reason(
    "not_a_folder",
    Text("{path} 不是文件夹", "{path} is not a folder"),
    "",
    Text("请给出文件夹。", "Name a folder."),
)
FILE_THERE = Reason(
    "file_there",
    Text("{path} 已存在，没有覆盖", "{path} is there already and was not overwritten"),
    "",
    Text("请换一个名字，或先移走它。", "Choose another name, or move it away first."),
)
OWN_FILE = Reason(
    "own_file",
    Text(
        "{path} 是工作区自己的文件或文件夹，不能写入",
        "{path} belongs to the workspace itself and is not written to",
    ),
    "docs/spec/workspace.md",
    Text(
        "请写到别处，或工作区的 receipts 等输出文件夹。",
        "Write elsewhere, or into an output folder of the workspace such as receipts.",
    ),
)
NOT_TEXT = Reason(
    "not_text",
    Text("{path} 不是 UTF-8 文本", "{path} is not UTF-8 text"),
    "",
    Text("请核对是不是给错了文件。", "Check whether it is the right file."),
)
SYSTEM_FAULT = Reason(
    "system_fault",
    Text("操作系统报错 {name}：{path}", "the system reports {name}: {path}"),
    "",
    Text("请检查磁盘与权限，或运行 tally doctor。", "Check disk and rights, or run tally doctor."),
)
OUR_FAULT = Reason(
    "our_fault",
    Text("程序出错：{kind}，位于 {place}", "a fault of the program: {kind} at {place}"),
    "",
    Text(
        "请把命令、本行与 tally doctor 的结果报到项目的问题页（见 SECURITY.md 与 "
        "CONTRIBUTING.md），不要附真实数据。设 TALLY_DEBUG=1 可看细节。",
        "Please report the command, this line and what tally doctor says on the issue page of the "
        "project (see SECURITY.md and CONTRIBUTING.md), without real data. TALLY_DEBUG=1 shows "
        "details.",
    ),
)
_BY_NUMBER = {
    errno.ENOENT: NO_SUCH_FILE,
    errno.EACCES: NOT_ALLOWED,
    errno.EPERM: NOT_ALLOWED,
    errno.ENOSPC: DISK_FULL,
    errno.EDQUOT: DISK_FULL,
    errno.EROFS: READ_ONLY,
    errno.EISDIR: A_FOLDER,
    errno.ENOTDIR: NOT_A_FOLDER,
}


class Said(NamedTuple):
    """A fault as it is shown: stable code, sentence, rule and remedy in one language."""

    code: str
    message: str
    rule: str
    remedy: str

    def to_json(self) -> dict[str, Any]:
        """Return the form programs read."""
        return {"error": self._asdict()}


def of_refusal(fault: TallyError, language: str) -> Said:
    """Return a typed refusal as it is shown."""
    return Said(
        fault.code,
        fault.text.in_language(language),
        fault.reason.rule,
        fault.remedy.in_language(language),
    )


def of_usage(wrong: WrongUsageError, language: str) -> Said:
    """Return wrong usage as it is shown."""
    asked = " ".join(("tally", *wrong.path, "--help"))
    return of_refusal(WRONG_USAGE.error(what=wrong.message, help=asked), language)


def of_system(fault: OSError, language: str) -> Said:
    """Return what the operating system refused, as it is shown."""
    reason = _BY_NUMBER.get(fault.errno or 0, SYSTEM_FAULT)
    name = errno.errorcode.get(fault.errno or 0, type(fault).__name__)
    place = os.fsdecode(fault.filename) if isinstance(fault.filename, str | bytes) else "-"
    return of_refusal(reason.error(path=place, name=name), language)


def of_ours(fault: BaseException, language: str) -> Said:
    """Return an unexpected exception as it is shown: its type and place, not its words."""
    trace, place = fault.__traceback__, "-"
    while trace is not None:
        module = trace.tb_frame.f_globals.get("__name__", "")
        if module.startswith("tallystick"):
            place = f"{module}:{trace.tb_lineno}"
        trace = trace.tb_next
    return of_refusal(OUR_FAULT.error(kind=type(fault).__name__, place=place), language)


def rule_in_words(rule: str) -> Text | str:
    """Return the rule a refusal rests on as people cite it; references of other kinds stay."""
    if rule.isascii():
        return rule
    from tallystick.rulebook.citations import rule_text  # noqa: PLC0415 - reads the table of laws

    return rule_text(rule)


def show(said: Said, screen: Screen) -> None:
    """Write a fault: as JSON on standard output where asked for, otherwise on standard error."""
    if screen.as_json:
        screen.show(said.to_json(), lambda _: None)
        return
    stop = "：" if screen.language == "zh" else ": "
    head = f"{screen.tell(_SAID)}{stop}"
    lines = wrap(head + said.message, screen.cells)
    above = [screen.sample_line()] if screen.sample else []
    if shows_colours(screen.err):
        lines[0] = painted(head, "red", "bold") + lines[0].removeprefix(head)
    rule = screen.tell(rule_in_words(said.rule))
    told = ((_CODE, said.code), (_RULE, rule), (_REMEDY, said.remedy))
    for name, value in told:
        if value:
            label = f"  {screen.tell(name)}{stop}"
            first, *rest = wrap(value, screen.cells - width(label))
            lines += [label + first, *(" " * width(label) + line for line in rest)]
    screen.err.write("\n".join([*above, *lines]) + "\n")
    screen.err.flush()
