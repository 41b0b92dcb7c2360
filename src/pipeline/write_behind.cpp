#include "pipeline/write_behind.h"

namespace lathe::pipeline {

Status WriteBehind::write(PartialFile& file, uint64_t offset, SharedBytes bytes) {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return waiting_.size() < most_ || !writing_; });
    if (!status_) return status_;
    waiting_.push_back({&file, offset, std::move(bytes)});
    if (writing_) return {};
    writing_ = true;
    while (!waiting_.empty()) {
        Waiting next = std::move(waiting_.front());
        waiting_.pop_front();
        lock.unlock();
        room_.notify_one();
        Status written = next.file->write_at(next.offset, next.bytes.bytes());
        next.bytes = {};
        lock.lock();
        if (!written && status_) status_ = std::move(written);
    }
    writing_ = false;
    room_.notify_all();
    return status_;
}

}  // namespace lathe::pipeline
