// What the C++ programs share: the work, the questions, the probes, and how they are asked.
//
// A program names its contestants in `main` and hands them to `answer`. A contestant `P` has
// `Id on(listener)`, `void off(Id)`, `void emit(const Payload&)`, and `void once(listener)` if it can.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <new>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

struct Payload { std::uint64_t amount, rest; };
inline constexpr Payload payload{1, 0};

// What is on the heap, and how often it was asked for.
inline thread_local std::int64_t heap_bytes = 0;
inline thread_local std::uint64_t heap_allocations = 0;

inline void* operator_new(std::size_t size) {
    // The size stands in front of the block: `delete` is not always told.
    auto* block = static_cast<std::size_t*>(std::malloc(size + 16));
    if (!block) throw std::bad_alloc();
    *block = size;
    heap_bytes += static_cast<std::int64_t>(size);
    ++heap_allocations;
    return block + 2;
}
inline void operator_delete(void* memory) noexcept {
    if (!memory) return;
    auto* block = static_cast<std::size_t*>(memory) - 2;
    heap_bytes -= static_cast<std::int64_t>(*block);
    std::free(block);
}
// One program is one translation unit, so these are defined once.
void* operator new(std::size_t size) { return operator_new(size); }
void operator delete(void* memory) noexcept { operator_delete(memory); }
void operator delete(void* memory, std::size_t) noexcept { operator_delete(memory); }

// The compiler has to believe that `value` may be anything.
template <class T> inline T& opaque(T& value) {
    T* pointer = &value;
    asm volatile("" : "+r"(pointer) : : "memory");
    return *pointer;
}

inline void require(bool done, const char* what) {
    if (!done) throw std::runtime_error(what);
}

template <class Act> std::uint64_t timed(Act act) {
    const auto begun = std::chrono::steady_clock::now();
    act();
    const auto took = std::chrono::steady_clock::now() - begun;
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(took).count());
}

// The same order for all: xorshift64, as in the Rust part.
inline std::vector<std::size_t> random_below(std::size_t bound, std::size_t count) {
    std::uint64_t state = 0x9E3779B97F4A7C15u;
    std::vector<std::size_t> numbers(count);
    for (auto& number : numbers) {
        state ^= state << 13; state ^= state >> 7; state ^= state << 17;
        number = static_cast<std::size_t>(state >> 32) % bound;
    }
    return numbers;
}

using Run = std::function<std::uint64_t(std::uint64_t iterations)>;  // nanoseconds
struct Contestant {
    std::string name, version;
    std::map<std::string, std::function<Run(std::size_t n)>> questions;
    std::map<std::string, std::function<std::string()>> probes;
    std::function<std::string(std::size_t n)> memory;
};

using Sum = std::unique_ptr<std::uint64_t>;
inline auto adds_to(std::uint64_t* sum) { return [sum](const Payload& p) { *sum += p.amount; }; }

inline std::uint64_t calls = 0;
inline auto captures() {
    std::uint64_t one = 1, two = 2;
    opaque(one); opaque(two);
    return [one, two](const Payload& p) { calls += p.amount * one + 0 * two; };
}

template <class P> Run emit(std::size_t n) {
    auto sums = std::make_shared<std::vector<std::uint64_t>>(n);
    auto peer = std::make_shared<P>();
    for (auto& sum : *sums) peer->on(adds_to(&sum));
    return [=, expected = std::uint64_t{0}](std::uint64_t emits) mutable {
        const auto took = timed([&] { for (std::uint64_t i = 0; i < emits; ++i) opaque(*peer).emit(opaque(payload)); });
        expected += emits;
        for (auto sum : *sums) require(sum == expected, "lost a call");
        return took;
    };
}

template <class P> Run churn(std::size_t others, int which) {
    auto peer = std::make_shared<P>();
    auto ids = std::make_shared<std::deque<typename P::Id>>();
    for (std::size_t i = 0; i < others; ++i) ids->push_back(peer->on(captures()));
    auto order = std::make_shared<std::vector<std::size_t>>(random_below(std::max<std::size_t>(others, 1), 1 << 16));
    return [=, step = std::size_t{0}](std::uint64_t pairs) mutable {
        const auto took = timed([&] {
            for (std::uint64_t i = 0; i < pairs; ++i) {
                auto added = opaque(*peer).on(captures());
                if (which == 0) { peer->off(std::move(added)); continue; }
                if (which == 1) {
                    ids->push_back(std::move(added));
                    peer->off(std::move(ids->front()));
                    ids->pop_front();
                    continue;
                }
                auto& place = (*ids)[(*order)[step++ % order->size()]];
                std::swap(place, added);
                peer->off(std::move(added));
            }
        });
        const auto before = calls;
        peer->emit(payload);
        require(calls - before == others, "lost a listener");
        return took;
    };
}

template <class P> Run once(std::size_t) {
    auto peer = std::make_shared<P>();
    return [=](std::uint64_t times) {
        const auto before = calls;
        const auto took = timed([&] {
            for (std::uint64_t i = 0; i < times; ++i) { opaque(*peer).once(captures()); peer->emit(opaque(payload)); }
        });
        require(calls - before == times, "is not once");
        return took;
    };
}

// An array of emitters; every event as often as every other.
template <class P> Run keys(std::size_t events) {
    auto sums = std::make_shared<std::vector<std::uint64_t>>(events);
    auto peers = std::make_shared<std::vector<P>>(events);
    for (std::size_t i = 0; i < events; ++i) (*peers)[i].on(adds_to(&(*sums)[i]));
    std::vector<std::size_t> order(events);
    for (std::size_t i = 0; i < events; ++i) order[i] = i;
    const auto random = random_below(1u << 31, events);
    for (std::size_t last = events - 1; last > 0; --last) std::swap(order[last], order[random[last] % (last + 1)]);
    return [=, expected = std::uint64_t{0}](std::uint64_t rounds) mutable {
        const auto took = timed([&] {
            for (std::uint64_t i = 0; i < rounds; ++i) for (auto event : order) opaque(*peers)[event].emit(opaque(payload));
        });
        expected += rounds;
        for (auto sum : *sums) require(sum == expected, "lost a call");
        return took;
    };
}

inline thread_local std::uint64_t calls_by_thread = 0;
template <class P> Run threads(std::size_t n, int count) {
    auto peer = std::make_shared<P>();
    for (std::size_t i = 0; i < n; ++i) peer->on([](const Payload& p) { calls_by_thread += p.amount; });
    return [=](std::uint64_t emits) {
        std::atomic<int> ready{0};
        std::atomic<bool> go{false}, lost{false};
        std::vector<std::thread> all;
        for (int t = 0; t < count; ++t) all.emplace_back([&] {
            ready.fetch_add(1);
            while (!go.load()) std::this_thread::yield();
            for (std::uint64_t i = 0; i < emits; ++i) peer->emit(opaque(payload));
            if (calls_by_thread != emits * n) lost.store(true);
        });
        while (ready.load() < count) std::this_thread::yield();
        const auto took = timed([&] { go.store(true); for (auto& thread : all) thread.join(); });
        require(!lost.load(), "lost a call");
        return took;
    };
}

// Bytes per listener, bytes when empty, allocations per emit.
template <class P> std::string memory(std::size_t n) {
    auto bytes = heap_bytes;
    P peer;
    const auto empty = heap_bytes - bytes;
    peer.emit(payload);
    std::vector<typename P::Id> ids;
    ids.reserve(n);
    ids.push_back(peer.on(captures()));
    const auto allocations = heap_allocations;
    for (int i = 0; i < 100; ++i) peer.emit(payload);
    const double per_emit = static_cast<double>(heap_allocations - allocations) / 100;
    bytes = heap_bytes;
    for (std::size_t i = 1; i < n; ++i) ids.push_back(peer.on(captures()));
    std::ostringstream text;
    text << static_cast<double>(heap_bytes - bytes) / static_cast<double>(n - 1) << '\t' << empty << '\t' << per_emit;
    return text.str();
}

template <class P> void ask_all(Contestant& c, bool thread_safe) {
    c.questions["emit"] = emit<P>;
    c.questions["churn-newest"] = [](std::size_t n) { return churn<P>(n, 0); };
    c.questions["churn-oldest"] = [](std::size_t n) { return churn<P>(n, 1); };
    c.questions["churn-random"] = [](std::size_t n) { return churn<P>(n, 2); };
    c.questions["keys"] = keys<P>;
    if constexpr (requires(P p) { p.once(captures()); }) c.questions["once"] = once<P>;
    if (thread_safe) {
        c.questions["one-thread"] = [](std::size_t n) { return threads<P>(n, 1); };
        c.questions["two-threads"] = [](std::size_t n) { return threads<P>(n, 2); };
    }
    c.memory = memory<P>;
}

// `list`: name, version, questions. `probe NAME PROBE`: one answer. `serve`: a line `NAME QUESTION N ITERATIONS`,
// separated by tabs, is answered by nanoseconds, or by what went wrong.
inline int answer(int argc, char** argv, std::vector<Contestant> contestants) {
    const std::string mode = argc > 1 ? argv[1] : "list";
    auto find = [&](const std::string& name) -> Contestant& {
        for (auto& c : contestants) if (c.name == name) return c;
        throw std::runtime_error("nobody is called " + name);
    };
    if (mode == "list") {
        for (auto& c : contestants) {
            std::cout << c.name << '\t' << c.version << '\t';
            for (auto& question : c.questions) std::cout << question.first << ',';
            if (c.memory) std::cout << "memory,";
            if (!c.probes.empty()) std::cout << "probes,";
            std::cout << '\n';
        }
        return 0;
    }
    if (mode == "probe") {
        auto& probes = find(argv[2]).probes;
        auto probe = probes.find(argv[3]);
        std::cout << (probe == probes.end() ? "not offered" : probe->second()) << std::endl;
        std::_Exit(0);  // What a probe left behind need not be mended.
    }
    std::map<std::string, Run> open;  // Of the question now asked: its contestants take turns.
    std::string now, line;
    while (std::getline(std::cin, line)) try {
        std::istringstream words(line);
        std::string name, question, n, iterations;
        std::getline(words, name, '\t'); std::getline(words, question, '\t');
        std::getline(words, n, '\t'); std::getline(words, iterations, '\t');
        auto& contestant = find(name);
        if (question == "memory") { std::cout << contestant.memory(std::stoul(n)) << std::endl; continue; }
        if (now != question + n) { open.clear(); now = question + n; }
        if (!open.count(name)) open[name] = contestant.questions.at(question)(std::stoul(n));
        std::cout << open[name](std::stoull(iterations)) << std::endl;
    } catch (const std::exception& error) {
        std::cout << "error: " << error.what() << std::endl;
    }
    return 0;
}
