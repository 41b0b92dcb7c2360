#include "formats/torchscript/write.h"

#include <cmath>

#include "base/file.h"
#include "formats/torch/notes.h"
#include "formats/torch/scalar_type.h"
#include "formats/torchscript/modules.h"

namespace lathe::formats::torchscript {
namespace {

namespace aten = torch::aten;

// PyTorch 1.12 and later read it: since then div is a true division, full and gelu are as they are now
// (caffe2/serialize/versions.h).
constexpr std::string_view kFileVersion = "10\n";
constexpr std::string_view kFolder = "archive/";

class CodePrinter {
public:
    CodePrinter(const aten::Program& program, const ModuleTree& tree) : program_(program), tree_(tree) {}

    // The method forward, indented as in its class.
    std::string forward() {
        std::string text = "  def forward(self: __torch__.Network";
        for (const int input : program_.inputs) text += format(",\n    {}: Tensor", name(input));
        const size_t outputs = program_.outputs.size();
        std::string types = "Tensor", results;
        if (outputs != 1) {
            types = "Tuple[";
            for (size_t i = 0; i < outputs; ++i) types += i == 0 ? "Tensor" : ", Tensor";
            types += "]";
        }
        text += format(") -> {}:\n", types);
        for (const aten::Call& call : program_.calls) text += "    " + statement(call) + "\n";
        for (const int output : program_.outputs) results += (results.empty() ? "" : ", ") + name(output);
        text += outputs == 1 ? format("    return {}\n", results) : format("    return ({})\n", results);
        return text;
    }

private:
    std::string name(int value) const {
        const auto it = tree_.expressions.find(value);
        return it != tree_.expressions.end() ? it->second : program_.values[static_cast<size_t>(value)].name;
    }

    static std::string number(double value) {
        if (std::isnan(value)) return "nan";
        if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
        std::string text = format("{}", value);
        if (text.find_first_of(".e") == text.npos) text += ".0";
        return text;
    }

    std::string list(const aten::Args& items, const aten::NamedArg& of) const {
        std::string text;
        for (const aten::Arg& item : items) text += (text.empty() ? "" : ", ") + argument(item, of);
        text = "[" + text + "]";
        if (of.tensor && of.name == "indices") return format("annotate(List[Optional[Tensor]], {})", text);
        return items.empty() && !of.tensor ? "annotate(List[int], [])" : text;
    }

    std::string argument(const aten::Arg& arg, const aten::NamedArg& of) const {
        if (arg.none()) return "None";
        if (const auto* ref = arg.as<aten::Ref>()) return name(ref->value);
        if (const auto* integer = arg.as<int64_t>()) return format("{}", *integer);
        if (const auto* real = arg.as<double>()) return number(*real);
        if (const auto* flag = arg.as<bool>()) return *flag ? "True" : "False";
        if (const auto* word = arg.as<std::string>()) return format("\"{}\"", *word);
        if (const auto* type = arg.as<DType>()) return format("{}", torch::scalar_type_of(*type));
        return list(*arg.as<aten::Args>(), of);
    }

    // Sizes are plain integers there.
    static std::string function(std::string_view op) {
        if (op == "sym_size.int") return "torch.size";
        if (op == "+") return "torch.add";
        if (op == "*") return "torch.mul";
        if (op == "mod") return "torch.remainder";
        if (op == "min" || op == "max") return format("ops.prim.{}", op);
        return format("torch.{}", op.substr(0, op.find('.')));
    }

    std::string statement(const aten::Call& call) const {
        std::string results, args;
        for (const int result : call.results) results += (results.empty() ? "" : ", ") + name(result);
        if (call.results.size() > 1 || call.gives_list) results += ", ";
        for (const aten::NamedArg& arg : call.args) {
            const std::string text = argument(arg.value, arg);
            args += (args.empty() ? "" : ", ") + (arg.keyword ? format("{}={}", arg.name, text) : text);
        }
        return format("{} = {}({})", results, function(call.op), args);
    }

    const aten::Program& program_;
    const ModuleTree& tree_;
};

Result<wire::Pieces> pieces_of(const graph::Graph& graph) {
    TRY(const aten::Program program, aten::lower(graph, {}));
    const ModuleTree tree = module_tree(program);
    const std::string folder(kFolder);
    wire::ZipWriter zip;
    TRY_STATUS(add_weights(zip, folder, tree, program));
    const std::string code = classes_text(tree, program, CodePrinter(program, tree).forward());
    TRY_STATUS(zip.add(folder + "code/__torch__.py", code));
    TRY_STATUS(zip.add(folder + "constants.pkl", std::string_view("\x80\x02).", 4)));  // an empty tuple
    TRY_STATUS(zip.add(folder + std::string(torch::kNotesEntry), torch::to_text(torch::notes_of(graph))));
    TRY_STATUS(zip.add(folder + "byteorder", std::string_view("little")));
    TRY_STATUS(zip.add(folder + "version", kFileVersion));
    return zip.finish();
}

}  // namespace

Status write(const graph::Graph& graph, const std::string& path) {
    TRY(const wire::Pieces pieces, pieces_of(graph));
    TRY(OutputFile file, OutputFile::create(path));
    TRY_STATUS(pieces.write_to(file));
    return file.commit();
}

Result<std::vector<std::byte>> to_bytes(const graph::Graph& graph) {
    TRY(const wire::Pieces pieces, pieces_of(graph));
    return pieces.to_vector();
}

}  // namespace lathe::formats::torchscript
