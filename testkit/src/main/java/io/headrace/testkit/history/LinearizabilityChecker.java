/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.testkit.history;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Says whether a history is linearizable: whether each call can be given a moment between its beginning and its answer so
 * that, in the order of these moments, every answer is what the model answers. The search is Wing and Gong's, over one
 * part of the object at a time, with Lowe's memory of what was tried: a set of placed calls that leads to a known state
 * need not be looked at again.
 */
public final class LinearizabilityChecker<S, I, O> {
    /** Placements that are tried for one part before the check gives up. */
    private static final int MAX_TRIED = 3_000_000;

    private final SequentialModel<S, I, O> model;

    public LinearizabilityChecker(SequentialModel<S, I, O> model) {
        this.model = model;
    }

    /**
     * Checks a history, whose calls may come in any order.
     *
     * @return null if it is linearizable, else what cannot be explained, for people
     */
    public @Nullable String check(List<Operation<I, O>> history) {
        Map<String, List<Operation<I, O>>> parts = new TreeMap<>();
        history.forEach(operation -> parts.computeIfAbsent(operation.part(), part -> new ArrayList<>())
                .add(operation));
        for (Map.Entry<String, List<Operation<I, O>>> part : parts.entrySet()) {
            String mistake = new Search(part.getValue()).run();
            if (mistake != null) {
                return part.getKey() + ": " + mistake;
            }
        }
        return null;
    }

    /** A beginning or an answer, in a list ordered by time from which placed calls are taken out. */
    private static final class Event<I, O> {
        final Operation<I, O> operation;
        final int number;
        final long moment;

        /** Of a beginning: the answer. Null for an answer. */
        final @Nullable Event<I, O> answer;

        @Nullable
        Event<I, O> before;

        @Nullable
        Event<I, O> after;

        Event(Operation<I, O> operation, int number, long moment, @Nullable Event<I, O> answer) {
            this.operation = operation;
            this.number = number;
            this.moment = moment;
            this.answer = answer;
        }

        void takeOut() {
            if (before != null) {
                before.after = after;
            }
            if (after != null) {
                after.before = before;
            }
        }

        void putBack() {
            if (before != null) {
                before.after = this;
            }
            if (after != null) {
                after.before = this;
            }
        }
    }

    private record Placed<S, I, O>(Event<I, O> call, S stateBefore) {}

    private record Tried<S>(BitSet placed, S state) {}

    private final class Search {
        private final List<Operation<I, O>> operations;
        private final Event<I, O> head;
        private final Deque<Placed<S, I, O>> order = new ArrayDeque<>();
        private final BitSet placed = new BitSet();
        private final Set<Tried<S>> tried = new HashSet<>();
        private S state = model.initial();
        private int left;
        private List<Operation<I, O>> best = List.of();

        Search(List<Operation<I, O>> operations) {
            this.operations = operations;
            List<Event<I, O>> events = new ArrayList<>();
            for (Operation<I, O> operation : operations) {
                int number = events.size() / 2;
                Event<I, O> answer = new Event<>(operation, number, operation.returned(), null);
                events.add(new Event<>(operation, number, operation.invoked(), answer));
                events.add(answer);
                left += operation.isAnswered() ? 1 : 0;
            }
            events.sort(Comparator.comparingLong(event -> event.moment));
            head = new Event<>(operations.get(0), -1, Long.MIN_VALUE, null);
            Event<I, O> last = head;
            for (Event<I, O> event : events) {
                last.after = event;
                event.before = last;
                last = event;
            }
        }

        @Nullable
        String run() {
            Event<I, O> at = head.after;
            // Calls without an answer come second: mostly they need not be placed at all.
            boolean answered = true;
            while (left > 0) {
                if (at != null && at.answer != null) {
                    if (at.operation.isAnswered() == answered && place(at)) {
                        at = head.after;
                        answered = true;
                    } else {
                        at = at.after;
                    }
                } else if (answered) {
                    at = head.after;
                    answered = false;
                } else if (order.isEmpty()) {
                    return explanation();
                } else {
                    Event<I, O> undone = undo();
                    at = undone.after;
                    answered = undone.operation.isAnswered();
                }
            }
            return null;
        }

        /** Lets a call take effect now; false if it cannot, or if what follows was tried before. */
        private boolean place(Event<I, O> call) {
            S next = model.next(state, call.operation.input(), call.operation.output());
            if (next == null) {
                return false;
            }
            placed.set(call.number);
            if (!tried.add(new Tried<>((BitSet) placed.clone(), next))) {
                placed.clear(call.number);
                return false;
            }
            if (tried.size() > MAX_TRIED) {
                throw new IllegalStateException("too many orders of " + operations.size() + " calls to try them all");
            }
            order.push(new Placed<>(call, state));
            state = next;
            left -= call.operation.isAnswered() ? 1 : 0;
            takeOut(call);
            if (order.size() > best.size()) {
                best = new ArrayList<>();
                order.descendingIterator().forEachRemaining(done -> best.add(done.call.operation));
            }
            return true;
        }

        private Event<I, O> undo() {
            Placed<S, I, O> last = order.pop();
            Event<I, O> call = last.call;
            state = last.stateBefore;
            placed.clear(call.number);
            left += call.operation.isAnswered() ? 1 : 0;
            if (call.answer != null) {
                call.answer.putBack();
            }
            call.putBack();
            return call;
        }

        private void takeOut(Event<I, O> call) {
            call.takeOut();
            if (call.answer != null) {
                call.answer.takeOut();
            }
        }

        private String explanation() {
            StringBuilder text = new StringBuilder("no order explains these calls. The longest that does:");
            best.forEach(operation -> text.append("\n  ").append(operation));
            text.append("\nLeft then:");
            operations.stream()
                    .filter(operation -> !best.contains(operation))
                    .sorted(Comparator.comparingLong(Operation::invoked))
                    .forEach(operation -> text.append("\n  ").append(operation));
            return text.toString();
        }
    }
}
