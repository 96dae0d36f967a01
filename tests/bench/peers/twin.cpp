// The sub-model of docs/bench.md by hand in C++17, as the limit of what a machine can do with it.
//
//     c++ -O3 -march=native -std=c++17 -o twin twin.cpp
//     ./twin CUSTOMERS DAYS heap|calendar|ahead [SEED]
//
// heap      every moment of every customer goes through one std::priority_queue
// calendar  a list of customers for each day; alone with himself, a customer runs ahead to midnight
// ahead     the same, but he runs ahead to his next desk, however far away that is
//
// Every customer carries his own random numbers, so the three give the same counts, one by one.
// Prints figures, seconds, processor seconds and bytes (peak less what was held before) as one line of JSON.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <deque>
#include <fstream>
#include <queue>
#include <string>
#include <vector>
#include <sys/resource.h>

namespace {

constexpr double MINUTE = 1.0 / (24 * 60);
constexpr double NEVER = 1e18;

// Who they are.
constexpr double RATE_SHAPE = 2.0, RATE_PER_DAY = 10.4 * 7.0, LEAVE_A = 1.0, LEAVE_B = 19.0;
constexpr double SPEND_P = 6.25, SPEND_Q = 3.74, SPEND_GAMMA = 15.44;
// Where they go: web, app, phone, chat.
constexpr int N_DIGITAL = 2, N_CHANNELS = 4, N_DESKS = N_CHANNELS - N_DIGITAL;
constexpr double SHARE_UNTIL[N_CHANNELS] = {0.40, 0.60, 0.85, 1.0};
constexpr double DURATION[N_CHANNELS] = {8 * MINUTE, 5 * MINUTE, 8 * MINUTE, 6 * MINUTE};
constexpr double P_FAILURE[N_DIGITAL] = {0.03, 0.02};
constexpr int CUSTOMERS_PER_EMPLOYEE[N_DESKS] = {20000, 40000};
constexpr double PATIENCE = 6 * MINUTE;
// What they feel, and what it does.
constexpr double WAIT_WEIGHT = 0.5, HALF_WAIT = 1 * MINUTE, FAILURE_WEIGHT = 1.0, MOOD_SD = 0.5, MEMORY_N0 = 4;
constexpr double RATE_SLOPE = 0.25, EXIT_SLOPE = -0.25;
// Whom they bring.
constexpr double EXP_INVITATIONS = 0.90483741803595957, P_CONVERT = 0.42, DELAY = 14.0;

constexpr double FRACTION = 1e6;  // revenue and waits are summed as whole millionths

constexpr int MONTH_DAYS[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

enum Figure { NEEDS, VISITS, FAILED, CALLS, ABANDONED, ORDERS, JUDGED, INVITED, ENTERED, EXITS, REVENUE, WAIT, N_FIGURES };
const char* const NAMES[N_FIGURES] = {"needs", "visits", "failed", "calls", "abandoned", "orders", "judged",
                                      "invitations", "entered", "exits", "revenue", "wait_minutes"};

// Sixty-four random bits from a counter (SplitMix64): eight bytes of state a customer.
struct Random {
    uint64_t state;
    uint64_t bits() {
        uint64_t z = (state += 0x9e3779b97f4a7c15ULL);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        return z ^ (z >> 31);
    }
    double uniform() { return ((bits() >> 12) + 0.5) * 0x1p-52; }
    double exponential(double mean) { return -mean * std::log(uniform()); }
    double normal() {
        double radius = std::sqrt(-2.0 * std::log(uniform()));
        return radius * std::cos(6.283185307179586 * uniform());
    }
    double gamma(double shape) {  // Marsaglia & Tsang 2000; shapes of 1 and more
        double d = shape - 1.0 / 3.0, c = 1.0 / std::sqrt(9.0 * d);
        for (;;) {
            double x = normal(), v = 1.0 + c * x;
            if (v <= 0) continue;
            v = v * v * v;
            if (std::log(uniform()) < 0.5 * x * x + d - d * v + d * std::log(v)) return d * v;
        }
    }
    int poisson(double exp_minus_mean) {
        int n = 0;
        for (double left = uniform(); left > exp_minus_mean; left *= uniform()) ++n;
        return n;
    }
};

enum Stage : int8_t { ENTER, CONTACT, SESSION, WAITING, SERVICE };

// One record a customer: all that he is, in less than two cache lines.
struct Customer {
    Random random;
    double at;                                          // when something happens to him next
    double clock, unspent;                              // his need clock, and what is left of its unit exponential
    double rate, exit_hazard, life, spend_scale;        // who he is
    double satisfaction, felt;                          // memory; sum of this journey's episodes
    double joined;                                      // when he joined the queue
    int32_t n_judged;
    int16_t n_felt, n_waiting;                          // episodes of this journey; needs that arose meanwhile
    int8_t channel;
    Stage stage;
    bool is_new;
};

struct Moment {
    double at;
    int who;
    bool operator<(const Moment& other) const { return at > other.at; }  // the earliest is on top
};

struct Desk {
    int n_free;
    std::deque<Moment> queue;  // when each joined; those who gave up are passed over
};

class World {
public:
    World(int n, int days, uint64_t seed) : days_(days), month_of_day_(days + 1) {
        std::vector<int> months;
        for (int month = 0; month < 12; ++month) months.insert(months.end(), MONTH_DAYS[month], month);
        for (int day = 0; day <= days; ++day) month_of_day_[day] = months[day % 365];
        for (int d = 0; d < N_DESKS; ++d)
            desks_[d].n_free = std::max(1, static_cast<int>(std::nearbyint(double(n) / CUSTOMERS_PER_EMPLOYEE[d])));
        customers_.reserve(n + n / 2);
        Random root{seed};
        for (int i = 0; i < n; ++i) {
            be_born(root.bits(), 0.0, false);
            rest(customers_[i], 0.0);
        }
    }

    // Everything in one queue, in order of time.
    void run_heap() {
        for (int i = 0; i < n_customers(); ++i) put_down(i);
        run_pending(days_);
    }

    // Day by day: what somebody does alone is done at once, up to `window` days; desks follow in order of time.
    void run_calendar(double window) {
        calendar_.resize(days_);
        for (int i = 0; i < n_customers(); ++i) put_down(i);
        for (today_ = 0; today_ < days_; ++today_) {
            until_ = std::min<double>(days_, today_ + window);
            for (int i : calendar_[today_]) run_ahead(i);
            std::vector<int>().swap(calendar_[today_]);
            run_pending(today_ + 1);
        }
    }

    void say(double seconds, double cpu_seconds, long bytes) const {
        std::printf("{\"figures\": {");
        for (int f = 0; f < N_FIGURES; ++f) {
            int64_t sum = 0;
            for (int month = 0; month < 12; ++month) sum += counts_[month][f];
            std::printf("%s\"%s\": %.10g", f ? ", " : "", NAMES[f], sum / (f < REVENUE ? 1.0 : FRACTION));
        }
        std::printf("}, \"seconds\": %.6f, \"cpu_seconds\": %.6f, \"bytes\": %ld}\n", seconds, cpu_seconds, bytes);
    }

private:
    // ---- Scheduling -------------------------------------------------------------------------------------------

    bool has_calendar() const { return !calendar_.empty(); }
    int n_customers() const { return static_cast<int>(customers_.size()); }

    // Put down when a customer does something next: under its day, or in the queue.
    void put_down(int i) {
        const double at = customers_[i].at;
        if (at >= days_) return;
        if (has_calendar() && (today_ < 0 || at >= today_ + 1)) calendar_[static_cast<int>(at)].push_back(i);
        else pending_.push({at, i});
    }

    // Let him live on alone, until he comes to a desk or to the end of the window.
    void run_ahead(int i) {
        while (customers_[i].at < until_ && !is_at_desk(customers_[i])) step(i);
        put_down(i);
    }

    static bool is_at_desk(const Customer& c) { return c.stage != ENTER && c.channel >= N_DIGITAL; }

    void run_pending(double until) {
        while (!pending_.empty() && pending_.top().at < until) {
            const Moment next = pending_.top();
            pending_.pop();
            if (customers_[next.who].at != next.at) continue;  // patience he did not need
            step(next.who);
            const Customer& c = customers_[next.who];
            if (c.stage == WAITING || c.stage == SERVICE) pending_.push({c.at, next.who});
            else if (has_calendar()) run_ahead(next.who);
            else put_down(next.who);
        }
    }

    // ---- The customer: what happens at his moment, and when the next one is -------------------------------------

    void be_born(uint64_t seed, double entry, bool is_friend) {
        Customer c{};
        c.random.state = seed;
        c.rate = c.random.gamma(RATE_SHAPE) / RATE_PER_DAY;
        const double leave = c.random.gamma(LEAVE_A), stay = c.random.gamma(LEAVE_B);
        c.exit_hazard = -std::log1p(-leave / (leave + stay));
        c.spend_scale = SPEND_GAMMA / c.random.gamma(SPEND_Q);
        c.life = c.random.exponential(1);
        c.unspent = c.random.exponential(1);
        c.clock = c.at = entry;
        c.is_new = is_friend;
        customers_.push_back(c);
    }

    void step(int i) {
        Customer& c = customers_[i];
        switch (c.stage) {
            case ENTER: count(ENTERED, c.at); recognize(c, c.at); break;
            case CONTACT: make_contact(c); break;
            case SESSION: end_session(i); break;
            case WAITING: lose_patience(c); break;
            case SERVICE: end_service(i); break;
        }
    }

    // What wakes him next: a need that waited for him, or the next one, on its day.
    void rest(Customer& c, double now) {
        if (c.n_waiting > 0) {
            --c.n_waiting;
            recognize(c, now);
        } else {
            recognize(c, std::max(now, std::floor(next_need(c))));
        }
    }

    static double needs_a_day(const Customer& c) { return c.rate * std::exp(RATE_SLOPE * c.satisfaction); }

    static double next_need(Customer& c) {
        c.clock += c.unspent / needs_a_day(c);
        c.unspent = c.random.exponential(1);
        return c.clock;
    }

    // Needs that arose while he was busy wait for him; the rest of the current one is kept.
    static void collect_needs(Customer& c) {
        const double rate = needs_a_day(c);
        while (c.clock + c.unspent / rate <= c.at) {
            next_need(c);
            ++c.n_waiting;
        }
        if (c.clock < c.at) {
            c.unspent -= (c.at - c.clock) * rate;
            c.clock = c.at;
        }
    }

    void recognize(Customer& c, double start) {
        c.felt = 0;
        c.n_felt = 0;
        choose(c, start);
    }

    // A channel, and a moment of the day; of the next one where it has passed.
    void choose(Customer& c, double start) {
        const double u = c.random.uniform(), day = std::floor(start);
        c.channel = 0;
        while (u >= SHARE_UNTIL[c.channel]) ++c.channel;
        c.at = day + c.random.uniform();
        if (c.at <= start) c.at = day + 1 + c.random.uniform();
        c.stage = CONTACT;
    }

    void make_contact(Customer& c) {
        if (c.n_felt == 0) count(NEEDS, c.at);
        if (c.channel < N_DIGITAL) {
            count(VISITS, c.at);
            c.stage = SESSION;
            c.at += c.random.exponential(DURATION[c.channel]);
            return;
        }
        count(CALLS, c.at);
        c.joined = c.at;
        const double patience = c.random.exponential(PATIENCE);
        Desk& desk = desks_[c.channel - N_DIGITAL];
        if (desk.n_free > 0) {
            --desk.n_free;
            begin_service(c, c.at);
        } else {
            desk.queue.push_back({c.joined, static_cast<int>(&c - customers_.data())});
            c.stage = WAITING;
            c.at += patience;
        }
    }

    void begin_service(Customer& c, double now) {
        feel(c, felt_wait(c, now));
        c.stage = SERVICE;
        c.at = now + c.random.exponential(DURATION[c.channel]);
    }

    void end_session(int i) {
        Customer& c = customers_[i];
        if (c.random.uniform() < P_FAILURE[c.channel]) {
            count(FAILED, c.at);
            lose_contact(c, 0);
            return;
        }
        feel(c, 0);
        order(i);
    }

    void lose_patience(Customer& c) {
        count(ABANDONED, c.at);
        lose_contact(c, felt_wait(c, c.at));
    }

    // A lost contact is felt, and tried again on the next day.
    void lose_contact(Customer& c, double felt) {
        feel(c, felt - FAILURE_WEIGHT);
        choose(c, std::floor(c.at) + 1);
    }

    void end_service(int i) {
        Desk& desk = desks_[customers_[i].channel - N_DIGITAL];
        const double now = customers_[i].at;
        ++desk.n_free;
        while (!desk.queue.empty()) {
            const Moment first = desk.queue.front();
            desk.queue.pop_front();
            Customer& next = customers_[first.who];
            if (next.stage != WAITING || next.joined != first.at) continue;  // he gave up
            --desk.n_free;
            begin_service(next, now);
            pending_.push({next.at, first.who});
            break;
        }
        order(i);
    }

    double felt_wait(const Customer& c, double now) {
        const double wait = now - c.joined;
        add(WAIT, now, wait / MINUTE);
        return -WAIT_WEIGHT * wait / (wait + HALF_WAIT);
    }

    static void feel(Customer& c, double quality) {
        c.felt += quality + MOOD_SD * c.random.normal();
        ++c.n_felt;
    }

    // The order is paid, the journey judged; he stays or leaves, and tells friends.
    void order(int i) {
        Customer& c = customers_[i];
        const double now = c.at;
        count(ORDERS, now);
        add(REVENUE, now, c.spend_scale * c.random.gamma(SPEND_P));
        feel(c, 0);
        collect_needs(c);
        count(JUDGED, now);
        c.satisfaction += (c.felt / c.n_felt - c.satisfaction) / (c.n_judged + MEMORY_N0);
        ++c.n_judged;
        if (!c.is_new) {
            c.life -= c.exit_hazard * std::exp(EXIT_SLOPE * c.satisfaction);
            if (c.life <= 0) {
                count(EXITS, now);
                c.at = NEVER;
                c.channel = 0;
                c.stage = CONTACT;
                return;
            }
        }
        c.is_new = false;
        const int n = c.random.poisson(EXP_INVITATIONS);
        rest(c, now);
        for (int k = 0; k < n; ++k) invite(i, now);
    }

    void invite(int i, double now) {
        Random& random = customers_[i].random;
        count(INVITED, now);
        if (random.uniform() >= P_CONVERT) return;
        const double entry = std::max(std::floor(now) + 1, now + random.exponential(DELAY));
        be_born(random.bits(), entry, true);
        put_down(n_customers() - 1);
    }

    // ---- Figures: whole numbers by month ------------------------------------------------------------------------

    void count(Figure f, double now) { ++counts_[month_of_day_[static_cast<int>(now)]][f]; }
    void add(Figure f, double now, double amount) {
        counts_[month_of_day_[static_cast<int>(now)]][f] += std::llrint(amount * FRACTION);
    }

    int days_, today_ = -1;
    double until_ = 0;
    std::vector<int> month_of_day_;
    std::vector<Customer> customers_;
    std::priority_queue<Moment> pending_;
    std::vector<std::vector<int>> calendar_;
    Desk desks_[N_DESKS];
    int64_t counts_[12][N_FIGURES] = {};
};

// A field of /proc/self/status in bytes; where there is none, the peak so far.
long held(const char* field) {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.rfind(field, 0) == 0) return 1024 * std::atol(line.c_str() + std::string(field).size() + 1);
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

}  // namespace

int main(int n_words, char** words) {
    if (n_words < 4) {
        std::fprintf(stderr, "usage: twin CUSTOMERS DAYS heap|calendar|ahead [SEED]\n");
        return 2;
    }
    const std::string mode = words[3];
    const int days = std::atoi(words[2]);
    const long before = held("VmRSS");
    const std::clock_t cpu = std::clock();
    const auto start = std::chrono::steady_clock::now();
    World world(std::atoi(words[1]), days, n_words > 4 ? std::atoll(words[4]) : 1);
    if (mode == "heap") world.run_heap();
    else world.run_calendar(mode == "ahead" ? days : 1);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    world.say(seconds.count(), double(std::clock() - cpu) / CLOCKS_PER_SEC, held("VmHWM") - before);
}
