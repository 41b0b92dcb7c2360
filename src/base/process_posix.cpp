#include "base/process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/folder.h"

extern char** environ;

namespace lathe {

uint64_t peak_memory_bytes() {
    // Of this program's own pages: what getrusage says may be that of the program before exec.
    if (std::FILE* file = std::fopen("/proc/self/status", "r"); file != nullptr) {
        char line[256];
        unsigned long long kilobytes = 0;
        while (kilobytes == 0 && std::fgets(line, sizeof line, file) != nullptr)
            if (std::strncmp(line, "VmHWM:", 6) == 0) kilobytes = std::strtoull(line + 6, nullptr, 10);
        std::fclose(file);
        if (kilobytes > 0) return kilobytes * 1024;
    }
    rusage usage{};
    return getrusage(RUSAGE_SELF, &usage) == 0 ? static_cast<uint64_t>(usage.ru_maxrss) * 1024 : 0;
}

Result<TemporaryFolder> TemporaryFolder::create() {
    const char* parent = std::getenv("TMPDIR");
    std::string path = format("{}/lathe-XXXXXX", parent == nullptr || *parent == '\0' ? "/tmp" : parent);
    if (mkdtemp(path.data()) == nullptr)
        return fail("{}: cannot make a temporary folder: {}", path, std::strerror(errno));
    return TemporaryFolder(std::move(path));
}

TemporaryFolder::~TemporaryFolder() {
    if (path_.empty()) return;
    if (const auto entries = list_folder(path_))
        for (const FolderEntry& entry : *entries) unlink(at(entry.name).c_str());
    rmdir(path_.c_str());
}

// One socket is the other's standard input and output.
struct ChildProcess::Impl {
    std::string name;
    pid_t process = -1;
    int socket = -1;
    std::string received;  // and not taken yet
    ~Impl() {
        if (socket >= 0) close(socket);
        if (process < 0) return;
        kill(process, SIGKILL);
        while (waitpid(process, nullptr, 0) < 0 && errno == EINTR) {}
    }
};

ChildProcess::ChildProcess(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ChildProcess::ChildProcess(ChildProcess&&) noexcept = default;
ChildProcess& ChildProcess::operator=(ChildProcess&&) noexcept = default;
ChildProcess::~ChildProcess() = default;

Result<ChildProcess> ChildProcess::start(const std::vector<std::string>& command) {
    auto impl = std::make_unique<Impl>();
    impl->name = command[0];
    int sockets[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) != 0)
        return fail("{}: cannot start: {}", command[0], std::strerror(errno));
    impl->socket = sockets[0];
    fcntl(sockets[0], F_SETFD, FD_CLOEXEC);
    fcntl(sockets[1], F_SETFD, FD_CLOEXEC);
    std::vector<char*> arguments;
    for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, sockets[1], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, sockets[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    const int error =
        posix_spawnp(&impl->process, arguments[0], &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(sockets[1]);
    if (error != 0) {
        impl->process = -1;
        return fail("{}: cannot start: {}", command[0], std::strerror(error));
    }
    return ChildProcess(std::move(impl));
}

Status ChildProcess::send(std::string_view line) {
    std::string text(line);
    text += '\n';
    for (size_t at = 0; at < text.size();) {
        const ssize_t sent = ::send(impl_->socket, text.data() + at, text.size() - at, MSG_NOSIGNAL);
        if (sent < 0 && errno != EINTR) return fail("{}: ended too early", impl_->name);
        if (sent > 0) at += static_cast<size_t>(sent);
    }
    return {};
}

Result<std::string> ChildProcess::receive() {
    std::string& text = impl_->received;
    size_t end = text.find('\n');
    while (end == std::string::npos) {
        char chunk[65536];
        const ssize_t got = read(impl_->socket, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return fail("{}: ended too early", impl_->name);
        const std::string_view part(chunk, static_cast<size_t>(got));
        if (const size_t place = part.find('\n'); place != std::string_view::npos) end = text.size() + place;
        text += part;
    }
    std::string line = text.substr(0, end);
    text.erase(0, end + 1);
    return line;
}

}  // namespace lathe
