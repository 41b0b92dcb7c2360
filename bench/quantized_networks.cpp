// What quantised matrices do to the outputs of KataGo's networks with transformer blocks ($LATHE_SHARED or ../shared): a
// Markdown table, that of docs/accuracy.md. Convolutions stay as they are.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "base/format.h"
#include "pipeline/quantize.h"
#include "pipeline/quantized_outputs.h"

namespace {

using namespace lathe;
using quant::Rounding;

constexpr std::string_view kNetworks[] = {"b7c96h3tfrs-test5-cnorm", "b7c96h6kv3qk32v16tflrs-fson-bnh"};
// Boards of each size, some with unusual rules.
constexpr std::string_view kGames[] = {"empty9_cn",   "g9w19_m50", "button13",   "g13w12_m50",
                                       "g13w12_m100", "g19b1_m30", "g19w38_m60", "g19b54_m150"};

struct Format {
    std::string_view name, target;
    Rounding rounding = Rounding::kNearest;
    int64_t rotation = 0;
};
constexpr Format kFormats[] = {
    {"fp8_e4m3", "fp8_e4m3"},
    {"fp8_e5m2", "fp8_e5m2"},
    {"int8 row", "int8"},
    {"int8 row, ConvRot 16", "int8", Rounding::kNearest, 16},
    {"mxfp8", "mxfp8"},
    {"nvfp4, nearest", "nvfp4"},
    {"nvfp4, sweep", "nvfp4", Rounding::kSweep},
    {"nvfp4, svd", "nvfp4", Rounding::kSvd},
};

struct Row {
    double snr = 0;
    size_t layers = 0;
    check::Metrics policy, value;
};

Result<Row> measure(const std::string& network, const Format& f, const std::vector<std::string>& games,
                    const std::string& folder) {
    pipeline::QuantizeOptions job{.input = network, .output = folder + "/quantized.safetensors"};
    TRY(job.select.primary, quant::target_named(f.target));
    job.select.primary.spec.rounding = f.rounding;
    job.select.primary.spec.rotation = f.rotation;
    job.select.sensible_defaults = false;
    TRY(const auto written, pipeline::quantize(job, {}));
    pipeline::VerifyOptions options{.inputs = games};
    TRY(const auto outputs, pipeline::compare_outputs(job.output, network, options, {}));
    Row row{.snr = 10 * std::log10(written.errors.signal / written.errors.noise),
            .layers = outputs.quantized};
    for (const check::Metrics& metrics : outputs.comparison.outputs) {
        if (metrics.name == "policy") row.policy = metrics;
        if (metrics.name == "value") row.value = metrics;
    }
    return row;
}

}  // namespace

int main() {
    namespace fs = std::filesystem;
    const char* shared = std::getenv("LATHE_SHARED");
    const std::string data = std::string(shared != nullptr ? shared : "../shared") + "/data/katago/";
    if (!fs::exists(data + "nets")) {
        std::printf("skipped: there is no %snets\n", data.c_str());
        return 0;
    }
    std::vector<std::string> games;
    for (const std::string_view game : kGames)
        if (fs::exists(format("{}sgf/{}.sgf", data, game)))
            games.push_back(format("{}sgf/{}.sgf", data, game));
    const fs::path folder = fs::temp_directory_path() / format("lathe-bench-{}", std::rand());
    fs::create_directories(folder);
    std::printf("%zu positions\n\n", games.size());
    std::puts(
        "| network | format | layers | SNR of the weights | policy: SNR, max error | top-1 | value: max error |");
    std::puts("| --- | --- | --- | --- | --- | --- | --- |");
    int status = 0;
    for (const std::string_view network : kNetworks)
        for (const Format& f : kFormats) {
            const auto row = measure(format("{}nets/{}.bin.gz", data, network), f, games, folder.string());
            if (!row) {
                std::fprintf(stderr, "%s\n", row.error().message.c_str());
                status = 1;
                continue;
            }
            std::puts(format("| {} | {} | {} | {:.1f} dB | {:.1f} dB, {:.2g} | {} of {} | {:.2g} |", network,
                             f.name, row->layers, row->snr, row->policy.snr_db, row->policy.max_abs,
                             row->policy.top1_agree, row->policy.rows, row->value.max_abs)
                          .c_str());
            std::fflush(stdout);
        }
    fs::remove_all(folder);
    return status;
}
