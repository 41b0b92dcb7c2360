#include "libtorch.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "formats/all.h"
#include "formats/numpy/npy.h"
#include "places.h"

namespace lathe {
namespace {

namespace fs = std::filesystem;

struct Folder {
    std::string path;
    Folder() {
        path = (fs::temp_directory_path() / "lathe-libtorch-XXXXXX").string();
        if (mkdtemp(path.data()) == nullptr) path.clear();
    }
    ~Folder() {
        std::error_code error;
        if (!path.empty()) fs::remove_all(path, error);
    }
};

Status write_array(const std::string& path, const Tensor& tensor) {
    TRY(OutputFile file, OutputFile::create(path));
    TRY_STATUS(formats::write_npy(file, tensor.to_contiguous()));
    return file.commit();
}

Result<std::vector<Tensor>> answer(const std::string& base) {
    if (std::ifstream error(base + ".error"); error) {
        std::ostringstream text;
        text << error.rdbuf();
        return fail("libtorch: {}", text.str());
    }
    std::vector<Tensor> outputs;
    for (size_t i = 0; fs::exists(format("{}.out{}.npy", base, i)); ++i) {
        TRY(const auto checkpoint, formats::open(format("{}.out{}.npy", base, i)));
        outputs.push_back(checkpoint.tensors[0].tensor.to_contiguous());
    }
    if (outputs.empty()) return fail("libtorch ended without an answer");
    return outputs;
}

}  // namespace

std::string libtorch_missing() {
    return std::string(kArchiveRunner).empty() ? "no libtorch here (Debian: libtorch-dev)" : "";
}

std::vector<Result<std::vector<Tensor>>> run_libtorch(std::span<const TorchJob> jobs) {
    const Folder folder;
    const auto base = [&](size_t i) { return format("{}/{}", folder.path, i); };
    {
        std::ofstream list(folder.path + "/jobs.txt");
        for (size_t i = 0; i < jobs.size(); ++i) {
            list << i << ' ' << jobs[i].path << '\n';
            for (size_t k = 0; k < jobs[i].inputs.size(); ++k)
                if (const auto written = write_array(format("{}.in{}.npy", base(i), k), jobs[i].inputs[k]);
                    !written)
                    return std::vector<Result<std::vector<Tensor>>>(jobs.size(),
                                                                    std::unexpected(written.error()));
        }
    }
    (void)!std::system(format("'{}' '{}' > '{}/log' 2>&1", kArchiveRunner, folder.path, folder.path).c_str());
    std::vector<Result<std::vector<Tensor>>> answers;
    for (size_t i = 0; i < jobs.size(); ++i) answers.push_back(answer(base(i)));
    return answers;
}

}  // namespace lathe
