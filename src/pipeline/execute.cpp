#include "pipeline/execute.h"

#include <algorithm>

#include "base/file.h"
#include "base/text.h"
#include "formats/all.h"
#include "formats/numpy/npy.h"
#include "formats/numpy/npz.h"
#include "formats/safetensors/safetensors.h"
#include "pipeline/go_inputs.h"
#include "run/reference.h"

namespace lathe::pipeline {
namespace {

using check::NamedTensors;

std::vector<graph::NamedTensor> as_list(const NamedTensors& tensors) {
    std::vector<graph::NamedTensor> list;
    for (const auto& [name, tensor] : tensors) list.push_back({name, tensor.to_contiguous()});
    return list;
}

void append(NamedTensors& into, NamedTensors more) {
    for (auto& entry : more) into.push_back(std::move(entry));
}

// The narrowest arithmetic decides: an f16 file is compared with an f32 one as f16.
int narrowness(DType dtype) {
    switch (dtype) {
        case DType::kI8: return 4;
        case DType::kBF16: return 3;
        case DType::kF16: return 2;
        case DType::kF32: return 1;
        default: return 0;
    }
}

// A program that does not say the shapes of its inputs takes those of the tensors that it is to run on; what kind of
// floats it computes in, it knows.
Result<Model> open_for(const std::string& path, ModelOptions options, const NamedTensors& inputs) {
    if (options.input_shapes.empty())
        for (const auto& [name, tensor] : inputs)
            options.input_shapes.push_back(format("{}={}{}", inputs.size() == 1 ? "" : name,
                                                  is_float(tensor.dtype()) ? "" : name_of(tensor.dtype()),
                                                  graph::to_string(graph::dims_of(tensor.shape()))));
    return open_model(path, options);
}

}  // namespace

Result<NamedTensors> read_tensors(const std::string& path) {
    TRY(graph::Checkpoint checkpoint, formats::open(path));
    if (checkpoint.tensors.empty()) return fail("{}: holds no tensors", path);
    NamedTensors tensors;
    for (auto& [name, tensor] : checkpoint.tensors) tensors.emplace_back(name, tensor.to_contiguous());
    return tensors;
}

Result<std::vector<NamedTensors>> read_input_sets(const graph::Graph& graph,
                                                  const std::vector<std::string>& paths, int every) {
    std::vector<NamedTensors> sets;
    NamedTensors tensors;
    const auto close = [&] {
        if (!tensors.empty()) sets.push_back(std::move(tensors));
        tensors.clear();
    };
    for (const std::string& path : paths) {
        if (path.ends_with(".sgf")) {
            TRY(const int moves, moves_in(path));
            for (int move = every; every > 0 && move < moves; move += every) {
                TRY(sets.emplace_back(), go_inputs(graph, path, move));
            }
            TRY(sets.emplace_back(), go_inputs(graph, path));
            continue;
        }
        TRY(auto more, read_tensors(path));
        const bool again = std::ranges::any_of(more, [&](const auto& entry) {
            return std::ranges::any_of(tensors, [&](const auto& held) { return held.first == entry.first; });
        });
        if (again || graph.inputs.size() == 1) close();
        append(tensors, std::move(more));
    }
    close();
    return sets;
}

Result<Model> open_for_inputs(const std::string& path, const ModelOptions& options,
                              const std::vector<std::string>& inputs) {
    NamedTensors tensors;
    for (const std::string& file : inputs) {
        if (file.ends_with(".sgf")) continue;
        TRY(auto more, read_tensors(file));
        append(tensors, std::move(more));
        if (!file.ends_with(".npy")) break;
    }
    return open_for(path, options, tensors);
}

Status write_tensors(const std::string& path, const NamedTensors& tensors) {
    if (path.ends_with(".npz")) return formats::write_npz(path, as_list(tensors));
    if (path.ends_with(".safetensors")) return formats::write_safetensors(path, as_list(tensors));
    if (!path.ends_with(".npy")) return fail("{}: write .npz, .safetensors or (one tensor) .npy", path);
    if (tensors.size() != 1)
        return fail("{}: a .npy holds one tensor, there are {}; write .npz", path, tensors.size());
    TRY(OutputFile file, OutputFile::create(path));
    TRY_STATUS(with_place(formats::write_npy(file, tensors[0].second.to_contiguous()), path));
    return file.commit();
}

Result<NamedTensors> run_model(const std::string& path, const RunOptions& options) {
    NamedTensors inputs;
    for (const std::string& file : options.inputs) {
        if (file.ends_with(".sgf")) continue;
        TRY(auto more, read_tensors(file));
        append(inputs, std::move(more));
    }
    TRY(const Model model, open_for(path, options.model, inputs));
    for (const std::string& file : options.inputs) {
        if (!file.ends_with(".sgf")) continue;
        TRY(auto more, go_inputs(model.graph, file));
        append(inputs, std::move(more));
    }
    TRY(const auto ordered, check::inputs_in_order(model.graph, inputs));
    TRY(const auto program, plan_for(model.graph, options.engine));
    TRY(auto results, program->run(ordered));
    NamedTensors outputs;
    for (size_t i = 0; i < results.size(); ++i)
        outputs.emplace_back(model.graph[model.graph.outputs[i]].name, std::move(results[i]));
    return outputs;
}

DType arithmetic_of(const graph::Graph& graph) {
    DType narrowest = DType::kF64;
    bool any_float = false;
    // Stored weights count too: bf16 ones cost what bf16 costs, whatever computes with them.
    for (const graph::Value& value : graph.values)
        if (value.constant && is_float(value.dtype) && narrowness(value.dtype) > narrowness(narrowest))
            narrowest = value.dtype;
    for (const graph::Node& node : graph.nodes) {
        if (node.op->name == "matmul_integer" || node.op->name == "conv_integer" ||
            node.op->name == "qlinear_conv" || node.op->name == "qlinear_matmul" ||
            node.op->name == "quantize_linear" || node.op->name == "dequantize_linear")
            return DType::kI8;
        for (const graph::ValueId id : node.outputs) {
            if (id == graph::kNoValue || !is_float(graph[id].dtype)) continue;
            any_float = true;
            if (narrowness(graph[id].dtype) > narrowness(narrowest)) narrowest = graph[id].dtype;
        }
    }
    return any_float ? narrowest : DType::kF32;
}

Result<std::vector<NamedTensors>> trial_inputs(const graph::Graph& graph, const graph::Bindings& sizes,
                                               int samples, std::string& described) {
    if (takes_go_planes(graph)) return go_trial_inputs(graph, sizes, samples, described);
    std::vector<NamedTensors> sets;
    for (int i = 0; i < samples; ++i) {
        TRY(auto inputs, check::random_inputs(graph, {.sizes = sizes}, static_cast<uint64_t>(i)));
        sets.push_back(std::move(inputs));
    }
    described = format("{} set{} of random inputs", samples, samples == 1 ? "" : "s");
    return sets;
}

Result<VerifyReport> verify_models(const std::string& a, const std::string& b, const VerifyOptions& options,
                                   const Progress& progress) {
    TRY(const Model model_a, open_model(a, options.model_a));
    TRY(const Model model_b, open_model(b, options.model_b));
    VerifyReport report{.a = a, .b = b};
    std::vector<NamedTensors> sets;
    if (options.inputs.empty()) {
        // The narrower set of free sizes: what one model fixes, the other must follow.
        const bool a_is_freer =
            graph::symbols_of(model_a.graph).size() > graph::symbols_of(model_b.graph).size();
        const graph::Graph& stricter = a_is_freer ? model_b.graph : model_a.graph;
        TRY(sets, trial_inputs(stricter, options.sizes, options.samples, report.compared_on));
    } else {
        TRY(sets, read_input_sets(model_b.graph, options.inputs));
        report.compared_on = join(options.inputs, ", ");
    }
    const DType arithmetic_a = arithmetic_of(model_a.graph), arithmetic_b = arithmetic_of(model_b.graph);
    check::Tolerance tolerance = check::tolerance_for(
        narrowness(arithmetic_a) > narrowness(arithmetic_b) ? arithmetic_a : arithmetic_b);
    if (options.engine.precision == "bf16") tolerance = check::tolerance_for(DType::kBF16);
    // What 8 bits cost depends on the network: shown, and judged where a tolerance was asked for.
    if (options.engine.precision == "int8") {
        tolerance = check::kNoTolerance;
        if (options.rtol || options.atol) tolerance = {};
    }
    tolerance.rtol = options.rtol.value_or(tolerance.rtol);
    tolerance.atol = options.atol.value_or(tolerance.atol);
    TRY(const auto engine, engine_for(options.engine));
    TRY(report.comparison,
        check::compare_graphs({model_a.graph, *engine}, {model_b.graph, run::reference_engine()}, sets,
                              tolerance, options.common_only, progress));
    return report;
}

}  // namespace lathe::pipeline
