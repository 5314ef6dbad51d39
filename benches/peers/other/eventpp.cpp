// eventpp: a callback list with and without a lock, and its event queue.
#include <eventpp/callbacklist.h>
#include <eventpp/eventqueue.h>
#include <eventpp/utilities/counterremover.h>

#include "probes.hpp"

struct NoLock { using Threading = eventpp::SingleThreading; };

template <class Policies> struct List {
    eventpp::CallbackList<void(const Payload&), Policies> list;
    using Id = typename decltype(list)::Handle;

    template <class F> Id on(F listener) { return list.append(std::move(listener)); }
    void off(Id id) { list.remove(id); }
    void emit(const Payload& p) { list(p); }
    template <class F> void once(F listener) { eventpp::counterRemover(list).append(std::move(listener), 1); }
};

template <class Policies> Run queue(std::size_t batch) {
    auto queue = std::make_shared<eventpp::EventQueue<int, void(const Payload&), Policies>>();
    auto sum = std::make_shared<std::uint64_t>(0);
    queue->appendListener(1, adds_to(sum.get()));
    return [=, expected = std::uint64_t{0}](std::uint64_t batches) mutable {
        const auto took = timed([&] {
            for (std::uint64_t b = 0; b < batches; ++b) {
                for (std::size_t i = 0; i < batch; ++i) queue->enqueue(1, opaque(payload));
                queue->process();
            }
        });
        expected += batches * batch;
        require(*sum == expected, "lost a call");
        return took;
    };
}

int main(int argc, char** argv) {
    Contestant one{"eventpp, one thread (C++)", "", {}, {}, {}};
    ask_all<List<NoLock>>(one, false);
    probe_all<List<NoLock>>(one);
    one.questions["queue"] = queue<NoLock>;
    Contestant many{"eventpp, threads (C++)", "", {}, {}, {}};
    ask_all<List<eventpp::DefaultPolicies>>(many, true);
    probe_all<List<eventpp::DefaultPolicies>>(many);
    many.questions["queue"] = queue<eventpp::DefaultPolicies>;
    return answer(argc, argv, {one, many});
}
