// WebAssembly has one program, and its host knows the memory.
#include "base/process.h"

namespace lathe {

uint64_t peak_memory_bytes() { return 0; }

Result<TemporaryFolder> TemporaryFolder::create() { return fail("there are no temporary folders here"); }
TemporaryFolder::~TemporaryFolder() = default;

struct ChildProcess::Impl {};
ChildProcess::ChildProcess(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ChildProcess::ChildProcess(ChildProcess&&) noexcept = default;
ChildProcess& ChildProcess::operator=(ChildProcess&&) noexcept = default;
ChildProcess::~ChildProcess() = default;
Result<ChildProcess> ChildProcess::start(const std::vector<std::string>& command) {
    return fail("{}: no other program can be started here", command[0]);
}
Status ChildProcess::send(std::string_view) { return fail("there is no other program"); }
Result<std::string> ChildProcess::receive() { return fail("there is no other program"); }

}  // namespace lathe
