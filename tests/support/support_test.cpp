// Which operators and which models each format takes: both pages of docs/ are made here, from what the writers do, and are
// held against it. LATHE_UPDATE_DOCS=1 writes them anew (./dev docs).
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/text.h"
#include "formats/onnx/write.h"
#include "ops/ops.h"
#include "ops/samples.h"
#include "pipeline/export.h"
#include "pipeline/exporters.h"
#include "places.h"
#include "run/reference.h"

namespace lathe::support {
namespace {

namespace fs = std::filesystem;
using pipeline::Exporter;

bool updating() { return std::getenv("LATHE_UPDATE_DOCS") != nullptr; }

std::string text_of(const fs::path& path) {
    std::ifstream in(path);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

// The page as it is made now, against the one that is kept.
void expect_page(const std::string& name, const std::string& page) {
    const fs::path path = fs::path(kRepository) / "docs" / name;
    if (updating()) {
        std::ofstream(path) << page;
        return;
    }
    const auto kept = text_of(path);
    EXPECT_EQ(kept, page) << "docs/" << name << " says something else than the writers do: ./dev docs";
}

std::vector<const Exporter*> graph_exporters() {
    std::vector<const Exporter*> list;
    for (const Exporter& exporter : pipeline::all_exporters())
        if (exporter.from == Exporter::From::kGraph && exporter.whole == nullptr) list.push_back(&exporter);
    return list;
}

// Numbers of networks as they are exported: other floating-point types are the precisions' business.
bool in_f32(const graph::Graph& graph) {
    return std::ranges::none_of(graph.values, [](const graph::Value& value) {
        return is_float(value.dtype) && value.dtype != DType::kF32;
    });
}

class Support : public testing::Test {
protected:
    void SetUp() override {
        // Thousands of small files: in memory, where there is such a folder.
        folder_ = fs::path(fs::exists("/dev/shm") ? "/dev/shm" : testing::TempDir()) /
                  ("lathe_support_" + std::to_string(getpid()));
        fs::create_directories(folder_);
    }
    void TearDown() override { fs::remove_all(folder_); }

    std::string path(const Exporter& exporter) const {
        return (folder_ / ("model" + std::string(exporter.extension))).string();
    }

    Status write(const Exporter& exporter, const graph::Graph& graph) const {
        if (exporter.write == nullptr) return formats::onnx::write(graph, path(exporter));
        pipeline::ExportOptions options{.format = std::string(exporter.name), .output = path(exporter)};
        options.precision = "fp32";
        pipeline::ExportReport report;
        return exporter.write(graph, options, report, {});
    }

    // As an operator stands in a network: from computed values, or with its other operands known.
    bool takes(const Exporter& exporter, const ops::SampleGraph& sample) const {
        if (write(exporter, sample.graph)) return true;
        graph::Graph held = sample.graph;
        for (size_t i = 1; i < held.inputs.size(); ++i) held[held.inputs[i]].constant = sample.inputs[i];
        held.inputs.resize(std::min<size_t>(held.inputs.size(), 1));
        return write(exporter, held).has_value();
    }

    fs::path folder_;
};

TEST_F(Support, OperatorsByFormats) {
    const auto exporters = graph_exporters();
    std::string head = "| operator |", line = "|---|";
    for (const Exporter* exporter : exporters) head += format(" {} |", exporter->name), line += "---|";
    std::string rows;
    std::vector<int> whole(exporters.size(), 0), some(exporters.size(), 0);
    int operators = 0;
    for (const graph::OpDef* op : ops::all_ops()) {
        std::vector<ops::SampleGraph> samples;
        for (const graph::Sample& text : op->samples)
            if (auto sample = ops::sample_graph(*op, text);
                sample && in_f32(sample->graph) && run::run_reference(sample->graph, sample->inputs))
                samples.push_back(std::move(*sample));
        if (samples.empty()) continue;
        ++operators;
        rows += format("| `{}` |", op->name);
        for (size_t i = 0; i < exporters.size(); ++i) {
            const auto taken = std::ranges::count_if(
                samples, [&](const ops::SampleGraph& sample) { return takes(*exporters[i], sample); });
            const auto all = static_cast<std::ptrdiff_t>(samples.size());
            whole[i] += taken == all;
            some[i] += taken > 0;
            rows += taken == all ? " yes |" : taken == 0 ? " |" : format(" {} of {} |", taken, all);
        }
        rows += "\n";
    }
    std::string totals = "| *of the operators, wholly* |", partly = "| *of the operators, at least partly* |";
    for (size_t i = 0; i < exporters.size(); ++i) {
        totals += format(" {} of {} |", whole[i], operators);
        partly += format(" {} of {} |", some[i], operators);
        EXPECT_GT(some[i], operators / 4) << exporters[i]->name;
    }
    expect_page(
        "support_operators.md",
        "# Operators by formats\n\n"
        "Made by `lathe_support_test` from what the writers do; the formats' own tests compute what was written. An operator is a row of "
        "`src/ops`, tried\nwith its samples in f32, each with computed operands and then with known ones: *yes* where all of them can be "
        "written (as the format's operator or\ntaken apart into several), *2 of 5* where two can, nothing where none can.\n\n" +
            head + "\n" + line + "\n" + totals + "\n" + partly + "\n" + rows);
}

struct Network {
    std::string name, source;
    bool by_rule;
};

std::vector<Network> networks() {
    std::vector<Network> list;
    for (const char* name : {"resnet18", "mobilenetv3_small_100", "efficientnet_b0", "convnext_atto",
                             "vit_tiny_patch16_224", "swin_tiny_patch4_window7_224", "mobilevit_s"})
        list.push_back({name, name, true});
    const char* shared = std::getenv("LATHE_SHARED");
    for (const std::string net : {"g170-b6c96-s175395328-d26788732", "b7c96h3tfrs-test5-cnorm"})
        list.push_back(
            {net.substr(0, net.find("-s1")),
             std::string(shared != nullptr ? shared : "../shared") + "/data/katago/nets/" + net + ".bin.gz",
             false});
    return list;
}

TEST_F(Support, ModelsByFormats) {
    if (std::getenv("LATHE_LONG") == nullptr && !updating())
        GTEST_SKIP() << "exporting nine networks in every precision of every format is for ./dev test --all";
    for (const Network& net : networks())
        if (!net.by_rule && !fs::exists(net.source)) GTEST_SKIP() << net.source << " is not there";
    const auto exporters = graph_exporters();
    std::string head = "| network |", line = "|---|", rows;
    for (const Exporter* exporter : exporters) head += format(" {} |", exporter->name), line += "---|";
    for (const Network& net : networks()) {
        rows += format("| {} |", net.name);
        for (const Exporter* exporter : exporters) {
            std::string written;
            for (const std::string_view precision : split(exporter->precisions, ' ')) {
                pipeline::ExportOptions options{.format = std::string(exporter->name),
                                                .output = path(*exporter)};
                options.precision = precision;
                options.model.random_weights = net.by_rule;
                if (pipeline::is_calibrated(options.precision)) {
                    options.quantization.data.paths = {"random"};
                    options.quantization.data.samples = 4;
                }
                const auto report = pipeline::export_model(net.source, options, {});
                if (!report) std::printf("%s\n", report.error().message.c_str());
                if (report && report->comparison)
                    written += (written.empty() ? "" : " ") + std::string(precision);
            }
            rows += " " + written + " |";
        }
        rows += "\n";
    }
    expect_page(
        "support_models.md",
        "# Models by formats\n\n"
        "Made by `lathe_support_test`: the precisions in which the network is written, read back and compared with its source by "
        "this program. How near each is, and what\nother programs say, is in the formats' own pages. Go networks are\ntried with boards of any size; "
        "where a cell is empty, the format asks for `--fix height=19,width=19`.\n\n" +
            head + "\n" + line + "\n" + rows);
}

}  // namespace
}  // namespace lathe::support
