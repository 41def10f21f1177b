package dev.vpccni.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * {@code vpc-cni daemon}, for its help. The start script runs the daemon by itself, with flags that
 * keep it small; this is for those who come without the script.
 */
@Command(
        name = "daemon",
        description = {
            "Run the daemon of a node: what the aws-node container runs.",
            "It takes everything from the environment: upstream's variables, such as"
                    + " WARM_IP_TARGET, and the SDKs' own, such as AWS_ENDPOINT_URL_EC2,"
                    + " AWS_EC2_METADATA_SERVICE_ENDPOINT and AWS_REGION.",
            "Its files lie where upstream's do: /var/run/aws-node, /var/log/aws-routed-eni."
        },
        mixinStandardHelpOptions = true)
final class DaemonCli implements Callable<Integer> {

    @Parameters(arity = "0..*", hidden = true)
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        dev.vpccni.daemon.Main.main(arguments.toArray(String[]::new));
        return 0;
    }
}
