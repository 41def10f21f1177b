package dev.vpccni.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.vpccni.emulator.Emulator;
import dev.vpccni.emulator.EmulatorSettings;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import dev.vpccni.vpc.api.Ec2Request.CreateSubnet;
import dev.vpccni.vpc.api.Ec2Request.CreateVpc;
import dev.vpccni.vpc.settings.Latency;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * How many calls a second the emulator answers of eight clients who each make an interface,
 * describe and delete it, over and over; with little history and with much.
 */
final class EmulatorCalls {

    private static final int CLIENTS = 8;
    private static final List<Integer> HISTORIES = List.of(0, 10_000, 100_000);
    private static final int MEASURED = 12_000;
    private static final int WARMUP = 6_000;
    private static final int PER_SECOND_MIN = 3_000;

    private final Emulator emulator;
    private final SubnetId subnet;
    private int calls;

    private EmulatorCalls(Emulator emulator, SubnetId subnet) {
        this.emulator = emulator;
        this.subnet = subnet;
    }

    /** Returns a table. */
    static String measure() throws IOException, InterruptedException {
        try (Emulator first = emulator()) { // for the compiler's sake
            new EmulatorCalls(first, subnet(first)).run(WARMUP);
        }
        try (Emulator emulator = emulator()) {
            return new EmulatorCalls(emulator, subnet(emulator)).table();
        }
    }

    private static Emulator emulator() throws IOException {
        var listen = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        return Emulator.start(EmulatorSettings.of(listen, 1, Latency.INSTANT));
    }

    private static SubnetId subnet(Emulator emulator) {
        Ipv4Cidr cidr = Ipv4Cidr.parse("10.0.0.0/16");
        VpcId vpc = emulator.apply(new CreateVpc(List.of(cidr), new TreeMap<>())).reply().id();
        return emulator.apply(new CreateSubnet(vpc, "us-west-2a", cidr, new TreeMap<>()))
                .reply()
                .id();
    }

    private String table() throws IOException, InterruptedException {
        var table =
                new StringBuilder(
                        "| calls before | calls/s of "
                                + CLIENTS
                                + " clients | target | met |\n|---|---|---|---|");
        for (int history : HISTORIES) {
            if (calls < history) {
                run(history - calls);
            }
            int before = calls;
            long perSecond = Math.round(run(MEASURED));
            table.append(
                    String.format(
                            Locale.ROOT,
                            "%n| %,d | %,d | %,d | %s |",
                            before,
                            perSecond,
                            PER_SECOND_MIN,
                            Target.verdict(perSecond >= PER_SECOND_MIN)));
        }
        return table.toString();
    }

    /** Makes about {@code count} calls, and returns how many there were in a second. */
    private double run(int count) throws IOException, InterruptedException {
        int rounds = Math.ceilDiv(count, CLIENTS * 3);
        long begun = System.nanoTime();
        try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
            List<Future<?>> running = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                String name = calls + "-" + client;
                running.add(
                        clients.submit(() -> {
                            new Client(name).work(rounds);
                            return null;
                        }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        } catch (ExecutionException e) {
            throw new IOException("a client failed: " + e.getCause(), e);
        }
        int made = rounds * CLIENTS * 3;
        calls += made;
        return made * 1e9 / (System.nanoTime() - begun);
    }

    /** A client with one connection, which says no more than it must: an SDK costs more. */
    private final class Client {

        private static final String FORM = "application/x-www-form-urlencoded";

        private final String name;

        Client(String name) {
            this.name = name;
        }

        void work(int rounds) throws IOException {
            try (var socket = new Socket()) {
                socket.setTcpNoDelay(true);
                socket.connect(emulator.address());
                var answers = new BufferedInputStream(socket.getInputStream());
                for (int i = 0; i < rounds; i++) {
                    String create =
                            "Action=CreateNetworkInterface&Version=2016-11-15&ClientToken="
                                    + (name + "-" + i)
                                    + "&SubnetId="
                                    + subnet;
                    String eni = between(call(socket, answers, create), "networkInterfaceId");
                    call(
                            socket,
                            answers,
                            "Action=DescribeNetworkInterfaces&NetworkInterfaceId.1=" + eni);
                    call(
                            socket,
                            answers,
                            "Action=DeleteNetworkInterface&NetworkInterfaceId=" + eni);
                }
            }
        }

        private String call(Socket socket, InputStream answers, String form) throws IOException {
            byte[] body = form.getBytes(UTF_8);
            String head =
                    "POST / HTTP/1.1\r\nHost: emulator\r\nContent-Type: "
                            + FORM
                            + "\r\nContent-Length: "
                            + body.length
                            + "\r\n\r\n";
            socket.getOutputStream().write((head + form).getBytes(UTF_8));
            String status = line(answers);
            int length = 0;
            for (String line = line(answers); !line.isEmpty(); line = line(answers)) {
                String[] header = line.split(": ", 2);
                if (header[0].equalsIgnoreCase("Content-Length")) {
                    length = Integer.parseInt(header[1]);
                }
            }
            String answer = new String(answers.readNBytes(length), UTF_8);
            if (!status.contains(" 200 ")) {
                throw new IOException(status + " " + answer);
            }
            return answer;
        }

        private static String line(InputStream answers) throws IOException {
            var line = new StringBuilder();
            for (int c = answers.read(); c != '\n'; c = answers.read()) {
                if (c < 0) {
                    throw new EOFException("the emulator closed the connection");
                }
                line.append((char) c);
            }
            return line.toString().stripTrailing();
        }

        private static String between(String xml, String element) throws IOException {
            int begin = xml.indexOf("<" + element + ">");
            int end = xml.indexOf("</" + element + ">");
            if (begin < 0 || end < 0) {
                throw new IOException("no " + element + " in " + xml);
            }
            return xml.substring(begin + element.length() + 2, end);
        }
    }
}
