/* Licensed under the Apache License, Version 2.0. See LICENSE at the top of this repository. */
package io.headrace.server.settings;

import io.headrace.verticles.net.Endpoint;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One setting, described well enough that its parsing, its help text and its place in the sample file follow.
 *
 * @param name as on the command line (after {@code --}) and in the configuration file
 * @param label stands for the value in help texts, such as {@code PORT}
 * @param defaultText what holds when nothing is set; goes through the parser like any other value
 * @param allowed which values are allowed, in words, with units
 * @param about what it does, in one or two sentences
 * @param parser throws {@link IllegalArgumentException} for a value outside of what is allowed
 */
public record Setting<T>(
        String name, String label, String defaultText, String allowed, String about, Function<String, T> parser) {

    private static final Pattern ORIGIN = Pattern.compile("https?://[^/,\\s]+");
    private static final Pattern TIME = Pattern.compile("([0-9]{1,9})(ms|s|min|h)");

    /** Environment variable of the same meaning. */
    public String variable() {
        return "HEADRACE_" + name.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    T parse(String text, String origin) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw new SettingsException(name + ": \"" + text + "\" cannot be used (from " + origin + "); it must be "
                    + allowed + (e.getMessage() == null ? "" : ": " + e.getMessage()));
        }
    }

    static Setting<Integer> number(String name, String label, int min, int max, int byDefault, String about) {
        String allowed = "a whole number from " + min + " to " + max;
        return new Setting<>(name, label, Integer.toString(byDefault), allowed, about, text -> {
            int value;
            try {
                value = Integer.parseInt(text);
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException();
            }
            if (value < min || value > max) {
                throw new IllegalArgumentException();
            }
            return value;
        });
    }

    /** Units of a {@link #time}, smallest first. */
    private enum Unit {
        MS(1),
        S(1_000),
        MIN(60_000),
        H(3_600_000);

        private final int millis;

        Unit(int millis) {
            this.millis = millis;
        }
    }

    static Setting<Duration> time(String name, Duration min, Duration max, Duration byDefault, String about) {
        String allowed = "a time from " + text(min) + " to " + text(max) + ", as a whole number with ms, s, min or h";
        return new Setting<>(name, "TIME", text(byDefault), allowed, about, text -> {
            Matcher matcher = TIME.matcher(text);
            if (!matcher.matches()) {
                throw new IllegalArgumentException();
            }
            long number = Long.parseLong(matcher.group(1));
            Unit unit = Unit.valueOf(matcher.group(2).toUpperCase(Locale.ROOT));
            Duration time = Duration.ofMillis(number * unit.millis);
            if (time.compareTo(min) < 0 || time.compareTo(max) > 0) {
                throw new IllegalArgumentException();
            }
            return time;
        });
    }

    /** As {@link #time} reads it, with the largest unit that gives a whole number. */
    private static String text(Duration time) {
        String text = "";
        for (Unit unit : Unit.values()) {
            if (time.toMillis() % unit.millis == 0) {
                text = time.toMillis() / unit.millis + lowerCase(unit);
            }
        }
        return text;
    }

    static Setting<Integer> port(String name, int byDefault, String about) {
        Setting<Integer> port = number(name, "PORT", 0, 65_535, byDefault, about);
        return new Setting<>(
                name,
                port.label,
                port.defaultText,
                port.allowed + "; 0 takes any free port and reports it",
                about,
                port.parser);
    }

    static Setting<Path> directory(String name, String byDefault, String about) {
        return new Setting<>(name, "DIR", byDefault, "a path of a directory", about, text -> {
            if (text.isEmpty()) {
                throw new IllegalArgumentException();
            }
            try {
                return Path.of(text).toAbsolutePath().normalize();
            } catch (InvalidPathException e) {
                throw new IllegalArgumentException(e.getReason());
            }
        });
    }

    static Setting<InetAddress> host(String name, String byDefault, String about) {
        return new Setting<>(name, "HOST", byDefault, "a host name or an IP address of this machine", about, text -> {
            if (text.isEmpty()) {
                throw new IllegalArgumentException();
            }
            try {
                return InetAddress.getAllByName(text)[0];
            } catch (UnknownHostException e) {
                throw new IllegalArgumentException("it has no address");
            }
        });
    }

    static Setting<Optional<String>> text(String name, String label, String allowed, String about) {
        return new Setting<>(
                name,
                label,
                "",
                allowed + ", or nothing",
                about,
                text -> text.isEmpty() ? Optional.empty() : Optional.of(text));
    }

    /** Where others reach a listener. */
    static Setting<Optional<Endpoint>> endpoint(String name, String about) {
        return new Setting<>(name, "HOST:PORT", "", "a host and a port from 1 to 65535, or nothing", about, text -> {
            if (text.isEmpty()) {
                return Optional.empty();
            }
            Endpoint endpoint = Endpoint.parse(text);
            if (endpoint.port() == 0) {
                throw new IllegalArgumentException();
            }
            return Optional.of(endpoint);
        });
    }

    /** Origins of web pages: scheme, host, and port if it is not the usual one. */
    static Setting<Set<String>> origins(String name, String about) {
        return new Setting<>(
                name,
                "ORIGINS",
                "",
                "origins such as https://shop.example, with commas between, or nothing",
                about,
                text -> {
                    Set<String> origins = Arrays.stream(text.split(","))
                            .map(String::strip)
                            .filter(origin -> !origin.isEmpty())
                            .collect(Collectors.toCollection(TreeSet::new));
                    if (!origins.stream().allMatch(ORIGIN.asMatchPredicate())) {
                        throw new IllegalArgumentException();
                    }
                    return origins;
                });
    }

    /** @param none a word that is allowed in place of an address, and becomes a URI that is nothing else */
    static Setting<Optional<URI>> uri(String name, List<String> schemes, URI none, String about) {
        String allowed = "a URI that starts with " + String.join(":, ", schemes) + ":, or " + none + ", or nothing";
        return new Setting<>(name, "URI", "", allowed, about, text -> {
            if (text.isEmpty()) {
                return Optional.empty();
            }
            try {
                URI uri = new URI(text);
                if (!uri.equals(none) && !schemes.contains(String.valueOf(uri.getScheme()))) {
                    throw new IllegalArgumentException();
                }
                return Optional.of(uri);
            } catch (URISyntaxException e) {
                throw new IllegalArgumentException(e.getReason());
            }
        });
    }

    static <E extends Enum<E>> Setting<E> choice(String name, Set<E> choices, E byDefault, String about) {
        String allowed = choices.stream().map(Setting::lowerCase).collect(Collectors.joining(" or "));
        return new Setting<>(name, "NAME", lowerCase(byDefault), allowed, about, text -> Arrays.stream(
                        choices.toArray(new Enum<?>[0]))
                .filter(choice -> lowerCase(choice).equals(text))
                .findFirst()
                .map(byDefault.getDeclaringClass()::cast)
                .orElseThrow(IllegalArgumentException::new));
    }

    /** Some of the constants of an enumeration, at least one. */
    static <E extends Enum<E>> Setting<Set<E>> choices(String name, Class<E> of, String about) {
        List<E> all = List.of(of.getEnumConstants());
        String names = all.stream().map(Setting::lowerCase).collect(Collectors.joining(","));
        return new Setting<>(name, "NAMES", names, "one or more of " + names + ", with commas between", about, text -> {
            Set<E> chosen = EnumSet.noneOf(of);
            for (String part : text.split(",", -1)) {
                chosen.add(all.stream()
                        .filter(constant -> lowerCase(constant).equals(part.strip()))
                        .findFirst()
                        .orElseThrow(IllegalArgumentException::new));
            }
            return chosen;
        });
    }

    private static String lowerCase(Enum<?> choice) {
        return choice.name().toLowerCase(Locale.ROOT);
    }
}
