// ONNX Runtime as a contestant: npm's onnxruntime-node in a Node process that is told what to do in lines of JSON, and sleeps
// between them.
#pragma once
#include <memory>
#include <string>

#include "base/process.h"
#include "check/compare.h"
#include "pipeline/bench/contest.h"

namespace lathe::pipeline {

struct OnnxruntimeJob {
    std::string model;  // an ONNX file
    check::NamedTensors inputs;
    std::vector<std::string> outputs;
    int threads = 1;  // inside an operator
    std::string optimization = "all";  // of the graph: "disabled", "basic", "extended", "all"
};

class Onnxruntime : public Contestant {
public:
    // `folder` takes the arrays that are exchanged. Errors: Node or the package is not there, saying how to get them.
    static Result<std::unique_ptr<Onnxruntime>> start(const TemporaryFolder& folder);

    // Loads the model, runs it twice, and fills what follows. Errors: what ONNX Runtime says.
    Status load(const OnnxruntimeJob& job);
    std::string version;
    double load_ms = 0, first_ms = 0;  // both from the start of loading
    double peak_mb = 0;  // of the process, Node among it, after both runs
    check::NamedTensors outputs;

    Result<std::vector<double>> run(const Block& block) override;

private:
    Onnxruntime(ChildProcess process, const TemporaryFolder& folder)
        : process_(std::move(process)), folder_(folder) {}
    Result<Json> ask(const Json& question);

    ChildProcess process_;
    const TemporaryFolder& folder_;
};

std::string_view onnxruntime_script();  // the Node program

}  // namespace lathe::pipeline
