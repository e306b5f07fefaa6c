"""`car-price doctor`: what works here, and what to do about what does not."""

from __future__ import annotations

import json

import click


@click.command()
@click.option("--url", metavar="URL", help="Address of the API; it must answer then.  [default: from the settings]")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def doctor(url: str | None, as_json: bool) -> int:
    """Look at settings, folders, model, API, MLflow and machine; exit 1 where something is wrong.

    docs/doctor.md lists every check. What cannot be checked here is skipped, with the reason.
    """
    from car_price_prediction.bootstrap import doctor_context
    from car_price_prediction.doctor.examination import examine

    findings = examine(doctor_context(url))
    count = sum(finding.status == "failed" for finding in findings.values())
    if as_json:
        checks = [{"id": name, **finding.as_dict()} for name, finding in findings.items()]
        click.echo(json.dumps({"failed": count, "checks": checks}, ensure_ascii=False, indent=1))
    else:
        for name, finding in findings.items():
            click.echo(f"{finding.status:8}  {name:18}  {finding.message}")
            if finding.hint:
                click.echo(f"{'':30}hint: {finding.hint}")
        click.echo(f"{count} of {len(findings)} checks failed" if count else "nothing is wrong")
    return 1 if count else 0
