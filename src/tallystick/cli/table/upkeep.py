"""Commands of upkeep: caches, copies, new versions, speed."""

from __future__ import annotations

from tallystick.cli.syntax import DIR, FILE, NUMBER, Command, Example, flag, option, path, whole
from tallystick.kernel.texts import Text

COMMANDS = (
    Command(
        "rebuild",
        Text("由记录重建缓存", "make the caches again from the records"),
        Text(
            "结果与原来逐字节相同；若不同，会说明哪个文件不同。",
            "They come out the same byte for byte; where one does not, it is named.",
        ),
        run="upkeep.rebuild",
        examples=(Example("tally rebuild", Text("重建缓存", "rebuild")),),
    ),
    Command(
        "export",
        Text("以开放格式导出全部", "write everything in open formats"),
        Text(
            "导出的是解密后的内容，请妥善保管。默认写入工作区的 exports 文件夹。",
            "What is written is not encrypted: keep it safe. By default into the folder `exports` "
            "of the workspace.",
        ),
        (option("-o --output", DIR, Text("写到哪个文件夹", "into which folder"), convert=path),),
        run="upkeep.export",
        examples=(Example("tally export -o all", Text("全部带走", "take everything along")),),
    ),
    Command(
        "upgrade",
        Text("把工作区升级到本版的格式", "bring a workspace to the form of this version"),
        run="upkeep.upgrade",
        examples=(Example("tally upgrade", Text("升级工作区", "upgrade the workspace")),),
    ),
    Command(
        "bench",
        Text("在本机测速", "measure the speed of this machine"),
        parts=(
            Command(
                "pipeline",
                Text("从文件到封存、到评价", "from files to sealed records to evaluations"),
                Text(
                    "用生成的数据，在临时文件夹里测量，测完删去。",
                    "With generated data, in a temporary folder that is removed afterwards.",
                ),
                (
                    option(
                        "--records",
                        NUMBER,
                        Text("导入多少行；默认 1000000", "rows to import; 1000000 by default"),
                        convert=whole,
                    ),
                    option(
                        "--members",
                        NUMBER,
                        Text("评价多少会员；默认 100000", "members to evaluate; 100000 by default"),
                        convert=whole,
                    ),
                    option(
                        "-o --output",
                        FILE,
                        Text("把结果（JSON）写入文件", "write the results (JSON) here"),
                        convert=path,
                    ),
                ),
                run="upkeep.bench_pipeline",
                examples=(
                    Example(
                        "tally bench pipeline --records 100000 --members 10000",
                        Text("小规模测一次", "a small run"),
                    ),
                ),
            ),
            Command(
                "ledger",
                Text("账本：封存、单条、回执、打开", "the ledger: sealing, receipts, opening"),
                Text(
                    "用随机的承诺值，在临时文件夹里测量，测完删去；测量时只用一个处理器核心。",
                    "With random commitments, in a temporary folder that is removed afterwards, on "
                    "one core.",
                ),
                (
                    option(
                        "--records",
                        NUMBER,
                        Text("封存多少条；默认 1000000", "records to seal; 1000000 by default"),
                        convert=whole,
                    ),
                    option(
                        "--batch",
                        NUMBER,
                        Text(
                            "每批多少条，至多 1024；默认 1000",
                            "records in a batch, at most 1024; 1000 by default",
                        ),
                        convert=whole,
                    ),
                    flag(
                        "--peer",
                        Text(
                            "允许取得对照程序 Tessera 所需的 Go 模块（只在源码仓库中，须有 Go）",
                            "let Go get the modules of the peer, Tessera, where they are not here "
                            "yet (a source checkout with Go only)",
                        ),
                    ),
                    option(
                        "-o --output",
                        FILE,
                        Text("把结果（JSON）写入文件", "write the results (JSON) here"),
                        convert=path,
                    ),
                ),
                run="upkeep.bench_ledger",
                examples=(
                    Example(
                        "tally bench ledger --records 100000",
                        Text("小规模测一次", "a small run"),
                    ),
                ),
            ),
            Command(
                "reports",
                Text("出具报告：网页、PDF", "giving out reports: web pages and PDFs"),
                Text(
                    "用演示的会员，在临时文件夹里测量，测完删去。",
                    "With the members of the demo, in a temporary folder that is removed "
                    "afterwards.",
                ),
                (
                    option(
                        "--reports",
                        NUMBER,
                        Text("连续出多少份 PDF；默认 2000", "PDFs in one run; 2000 by default"),
                        convert=whole,
                    ),
                    option(
                        "-o --output",
                        FILE,
                        Text("把结果（JSON）写入文件", "write the results (JSON) here"),
                        convert=path,
                    ),
                ),
                run="upkeep.bench_reports",
                examples=(
                    Example(
                        "tally bench reports --reports 200",
                        Text("小规模测一次", "a small run"),
                    ),
                ),
            ),
            Command(
                "network",
                Text(
                    "多家共同维护的账本，与 CometBFT 自带的应用对照",
                    "the ledger kept by several, beside CometBFT's own application",
                ),
                Text(
                    "在本机临时起四个验证节点，测完删去；须有 make cometbft 编译的 CometBFT。",
                    "With four validators on this machine, in a temporary folder that is removed "
                    "afterwards. Needs CometBFT as make cometbft builds it.",
                ),
                (
                    option(
                        "--seconds",
                        NUMBER,
                        Text(
                            "饱和时测多少秒；默认 120",
                            "seconds at saturation; 120 by default",
                        ),
                        convert=whole,
                    ),
                    flag(
                        "--peer",
                        Text(
                            "允许取得对照程序 kvstore 所需的 Go 模块（只在源码仓库中，须有 Go）",
                            "let Go get the modules of the peer, kvstore, where they are not here "
                            "yet (a source checkout with Go only)",
                        ),
                    ),
                    option(
                        "-o --output",
                        FILE,
                        Text("把结果（JSON）写入文件", "write the results (JSON) here"),
                        convert=path,
                    ),
                ),
                run="upkeep.bench_network",
                examples=(
                    Example(
                        "tally bench network --seconds 20",
                        Text("小规模测一次", "a small run"),
                    ),
                ),
            ),
            Command(
                "models",
                Text(
                    "模型：拟合、打分，与其他评分卡程序库对照",
                    "models: fitting and scoring, beside other libraries of scorecards",
                ),
                Text(
                    "用生成的数据，在临时文件夹里测量，测完删去；每项在新的进程里进行。对照的程序库"
                    "各有自己的环境，建立一次后保存在用户的缓存文件夹。",
                    "With generated data, in a temporary folder that is removed afterwards, each "
                    "in a fresh process. The other libraries have an environment each, made once "
                    "and kept in the user's cache.",
                ),
                (
                    option(
                        "--rows",
                        NUMBER,
                        Text("用多少行拟合；默认 1000000", "rows to fit to; 1000000 by default"),
                        convert=whole,
                    ),
                    option(
                        "--score-rows",
                        NUMBER,
                        Text("给多少行打分；默认同 --rows", "rows to score; as --rows by default"),
                        convert=whole,
                    ),
                    flag(
                        "--peer",
                        Text(
                            "允许下载对照的 optbinning、toad、scorecardpy（须有 Python 3.11）",
                            "let pip get the peers, optbinning, toad and scorecardpy, where they "
                            "are not here yet (needs Python 3.11)",
                        ),
                    ),
                    option(
                        "--peer-rows",
                        NUMBER,
                        Text(
                            "每个对照至多用多少行；默认全部，scorecardpy 满一百万行时用十分之一",
                            "rows for each peer at most; by default all, of a million or more a "
                            "tenth for scorecardpy",
                        ),
                        convert=whole,
                    ),
                    option(
                        "-o --output",
                        FILE,
                        Text("把结果（JSON）写入文件", "write the results (JSON) here"),
                        convert=path,
                    ),
                ),
                run="upkeep.bench_models",
                examples=(
                    Example(
                        "tally bench models --rows 20000",
                        Text("小规模测一次", "a small run"),
                    ),
                ),
            ),
        ),
    ),
)
