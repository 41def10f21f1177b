// exec-timer CASES ROUNDS WARMUP: times programs from exec to exit, the cases in turn.
//
// A line of CASES is  name | parallel | environment | program arguments | file for stdin | after
// In all but the name, {i} is the number of the parallel run, 0 and up, and {n} a number that no
// other run of this process has. `after` goes to sh, untimed, once the runs of a round have ended.
// Environment entries and arguments are separated by spaces. The started program gets nothing else
// of this process's environment, and its output goes into a pipe, as a container runtime's plugins'
// does: a file on a disk would cost those that print more than those that do not.
//
// Prints a line for each timed run: name, microseconds, exit status; and one `round` line with the
// microseconds from the first exec to the last exit.
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CASES_MAX = 32, PARALLEL_MAX = 64, WORDS_MAX = 64, LINE_MAX_BYTES = 8192 };

struct plan {
    char *name, *environment, *command, *input, *after;
    int parallel;
};

struct run {
    const struct plan *plan;
    int index;
    long number, micros;
    int status;
    pthread_barrier_t *start;
};

static long now_micros(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000L + t.tv_nsec / 1000;
}

static void die(const char *what) {
    perror(what);
    exit(1);
}

static char *trim(char *s) {
    s += strspn(s, " \t");
    char *end = s + strlen(s);
    while (end > s && strchr(" \t\n", end[-1])) end--;
    *end = 0;
    return s;
}

// The template with {i} and {n} filled in; the caller frees it.
static char *fill(const char *template, int index, long number) {
    size_t room = strlen(template) * 8 + 64, used = 0;
    char *out = malloc(room);
    if (!out) die("malloc");
    for (const char *s = template; *s;) {
        if (!strncmp(s, "{i}", 3)) {
            used += (size_t)snprintf(out + used, room - used, "%d", index);
            s += 3;
        } else if (!strncmp(s, "{n}", 3)) {
            used += (size_t)snprintf(out + used, room - used, "%ld", number);
            s += 3;
        } else {
            out[used++] = *s++;
        }
    }
    out[used] = 0;
    return out;
}

static void words(char *text, char **into) {
    int n = 0;
    char *rest = NULL;
    for (char *w = strtok_r(text, " ", &rest); w && n < WORDS_MAX - 1; w = strtok_r(NULL, " ", &rest))
        into[n++] = w;
    into[n] = NULL;
}

static void *execute(void *argument) {
    struct run *run = argument;
    char *environment = fill(run->plan->environment, run->index, run->number);
    char *command = fill(run->plan->command, run->index, run->number);
    char *input = fill(run->plan->input, run->index, run->number);
    char *arguments[WORDS_MAX], *entries[WORDS_MAX];
    int output[2];
    words(command, arguments);
    words(environment, entries);
    if (pipe2(output, O_CLOEXEC)) die("pipe2");

    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, *input ? input : "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, output[1], 1);
    pthread_barrier_wait(run->start);
    pid_t pid;
    long begin = now_micros();
    int error = posix_spawn(&pid, arguments[0], &files, NULL, arguments, entries);
    if (error) {
        fprintf(stderr, "%s: %s\n", arguments[0], strerror(error));
        exit(1);
    }
    waitpid(pid, &run->status, 0);
    run->micros = now_micros() - begin;
    posix_spawn_file_actions_destroy(&files);
    close(output[0]);
    close(output[1]);
    free(environment);
    free(command);
    free(input);
    return NULL;
}

static void round_of(const struct plan *plan, int timed) {
    static long number;
    struct run runs[PARALLEL_MAX];
    pthread_t threads[PARALLEL_MAX];
    pthread_barrier_t start;
    pthread_barrier_init(&start, NULL, (unsigned)plan->parallel + 1);
    for (int i = 0; i < plan->parallel; i++) {
        runs[i] = (struct run){.plan = plan, .index = i, .number = number++, .start = &start};
        if (pthread_create(&threads[i], NULL, execute, &runs[i])) die("pthread_create");
    }
    pthread_barrier_wait(&start);
    long begin = now_micros();
    for (int i = 0; i < plan->parallel; i++) pthread_join(threads[i], NULL);
    long whole = now_micros() - begin;
    pthread_barrier_destroy(&start);
    for (int i = 0; i < plan->parallel; i++) {
        if (timed) printf("%s\t%ld\t%d\n", plan->name, runs[i].micros, WEXITSTATUS(runs[i].status));
        if (*plan->after) {
            char *after = fill(plan->after, runs[i].index, runs[i].number);
            if (system(after) != 0) fprintf(stderr, "failed: %s\n", after);
            free(after);
        }
    }
    if (timed) printf("round %s\t%ld\t%d\n", plan->name, whole, plan->parallel);
}

int main(int count, char **arguments) {
    if (count != 4) {
        fprintf(stderr, "usage: exec-timer CASES ROUNDS WARMUP\n");
        return 2;
    }
    static struct plan plans[CASES_MAX];
    int planned = 0, rounds = atoi(arguments[2]), warmup = atoi(arguments[3]);
    FILE *file = fopen(arguments[1], "r");
    if (!file) die(arguments[1]);
    static char line[LINE_MAX_BYTES];
    while (planned < CASES_MAX && fgets(line, sizeof line, file)) {
        char *rest = strdup(line), *field[6];
        for (int i = 0; i < 6; i++) {
            char *part = strsep(&rest, "|");
            field[i] = trim(part ? part : strdup(""));
        }
        if (!*field[0]) continue;
        struct plan plan = {field[0], field[2], field[3], field[4], field[5], atoi(field[1])};
        if (plan.parallel < 1 || plan.parallel > PARALLEL_MAX) {
            fprintf(stderr, "%s: 1 to %d in parallel\n", plan.name, PARALLEL_MAX);
            return 2;
        }
        plans[planned++] = plan;
    }
    fclose(file);
    for (int r = -warmup; r < rounds; r++)
        for (int i = 0; i < planned; i++) round_of(&plans[i], r >= 0);
    return 0;
}
